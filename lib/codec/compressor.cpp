#include "codec/compressor.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <mutex>
#include <thread>
#include <utility>

#include "base/relay.hpp"

namespace md::codec {
namespace {

// Of lines of events and rows of CSV, level 1 makes less than the library's own 3 (a tenth) in two
// thirds of its time: most digits are random, and what 3 finds in them are matches that cost more
// than they save. Level 6 makes a tenth less again, and takes five times as long.
constexpr int kZstdLevel = 1;

constexpr std::size_t kPieceBeside = std::size_t{256} << 10;
constexpr std::size_t kPiecesBeside = 4;

class Copier final : public Compressor {
 public:
  Result<void> add(std::string_view content, bool /*end_frame*/, Buffer& out) override {
    out.append(content);
    return {};
  }
};

class ZstdCompressor final : public Compressor {
 public:
  explicit ZstdCompressor(int level) {
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level == 0 ? kZstdLevel : level);
    // A flipped bit on a disk must not pass as data.
    ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  }
  ~ZstdCompressor() override { ZSTD_freeCCtx(context_); }

  Result<void> add(std::string_view content, bool end_frame, Buffer& out) override {
    ZSTD_inBuffer in{content.data(), content.size(), 0};
    const ZSTD_EndDirective mode = end_frame ? ZSTD_e_end : ZSTD_e_continue;
    while (true) {
      char* const begin = out.reserve(ZSTD_CStreamOutSize());
      ZSTD_outBuffer to{begin, ZSTD_CStreamOutSize(), 0};
      const std::size_t left = ZSTD_compressStream2(context_, &to, &in, mode);
      out.commit(begin + to.pos);
      if (ZSTD_isError(left) != 0) {
        return Error{Errc::internal, fmt::format("cannot compress: {}", ZSTD_getErrorName(left))};
      }
      if (end_frame ? left == 0 : in.pos == in.size) return {};
    }
  }

 private:
  ZSTD_CCtx* context_ = ZSTD_createCCtx();
};

class GzipCompressor final : public Compressor {
 public:
  explicit GzipCompressor(int level) {
    deflateInit2(&stream_, level == 0 ? Z_DEFAULT_COMPRESSION : level, Z_DEFLATED, 15 + 16, 8,
                 Z_DEFAULT_STRATEGY);
  }
  ~GzipCompressor() override { deflateEnd(&stream_); }

  Result<void> add(std::string_view content, bool end_frame, Buffer& out) override {
    constexpr std::size_t kChunk = 65536;
    stream_.next_in =
        reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));  // zlib does not write to it
    stream_.avail_in = static_cast<uInt>(content.size());
    while (true) {
      char* const begin = out.reserve(kChunk);
      stream_.next_out = reinterpret_cast<Bytef*>(begin);
      stream_.avail_out = kChunk;
      const int code = deflate(&stream_, end_frame ? Z_FINISH : Z_NO_FLUSH);
      out.commit(begin + (kChunk - stream_.avail_out));
      if (code == Z_STREAM_ERROR)
        return Error{Errc::internal, "cannot compress: gzip stream error"};
      if (code == Z_STREAM_END) {
        deflateReset(&stream_);
        return {};
      }
      if (!end_frame && stream_.avail_in == 0 && stream_.avail_out != 0) return {};
    }
  }

 private:
  z_stream stream_{};
};

class CompressorBeside final : public Compressor {
 public:
  explicit CompressorBeside(std::unique_ptr<Compressor> compressor)
      : compressor_(std::move(compressor)), thread_([this] { compress(); }) {}
  ~CompressorBeside() override {
    pieces_.end();
    thread_.join();
  }

  Result<void> add(std::string_view content, bool end_frame, Buffer& out) override {
    do {
      Piece* const piece = pieces_.claim();
      if (piece == nullptr) break;
      const std::string_view taken = content.substr(0, kPieceBeside);
      content.remove_prefix(taken.size());
      piece->content.clear();
      piece->content.append(taken);
      piece->end_frame = end_frame && content.empty();
      pieces_.publish();
    } while (!content.empty());
    if (end_frame) pieces_.wait_until_taken();
    MD_CHECK(pieces_.status());
    const std::lock_guard lock{mutex_};
    out.append(ready_.view());
    ready_.clear();
    return {};
  }

 private:
  struct Piece {
    Buffer content;
    bool end_frame = false;
  };

  void compress() {
    Buffer made;
    while (const Piece* const piece = pieces_.next()) {
      made.clear();
      const auto added = compressor_->add(piece->content.view(), piece->end_frame, made);
      if (!added) return pieces_.leave(added.error());
      {
        const std::lock_guard lock{mutex_};
        ready_.append(made.view());
      }
      pieces_.release();
    }
  }

  std::unique_ptr<Compressor> compressor_;  // the thread's
  Relay<Piece> pieces_{kPiecesBeside};
  std::mutex mutex_;
  Buffer ready_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Compressor> make_compressor(Compression compression, int level) {
  switch (compression) {
    case Compression::zstd:
      return std::make_unique<ZstdCompressor>(level);
    case Compression::gzip:
      return std::make_unique<GzipCompressor>(level);
    case Compression::none:
      break;
  }
  return std::make_unique<Copier>();
}

std::unique_ptr<Compressor> make_compressor_beside(Compression compression, int level) {
  return std::make_unique<CompressorBeside>(make_compressor(compression, level));
}

}  // namespace md::codec
