#include "archive/member_stream.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "archive/region.hpp"

namespace md::archive {

namespace {

// Input and output as zstd has them.
struct Buffers {
  ZSTD_inBuffer in{nullptr, 0, 0};
  ZSTD_outBuffer out{nullptr, 0, 0};
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  // Goes on as far as input and room for output allow. Gives what is wrong with the input, or null.
  virtual const char* step(Buffers& buffers) = 0;
  // Has a frame begun and not ended.
  bool in_frame() const { return in_frame_; }

 protected:
  bool in_frame_ = false;
};

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() {
    if (stream_ == nullptr) throw std::bad_alloc();
  }
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  const char* step(Buffers& buffers) override {
    const std::size_t hint = ZSTD_decompressStream(stream_, &buffers.out, &buffers.in);
    if (ZSTD_isError(hint) != 0) return ZSTD_getErrorName(hint);
    in_frame_ = hint != 0;
    return nullptr;
  }

 private:
  ZSTD_DStream* stream_ = ZSTD_createDStream();
};

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder() {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();  // gzip's header
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  const char* step(Buffers& buffers) override {
    ZSTD_inBuffer& in = buffers.in;
    ZSTD_outBuffer& out = buffers.out;
    // zlib does not write to its input.
    char* const from = const_cast<char*>(static_cast<const char*>(in.src));
    stream_.next_in = reinterpret_cast<Bytef*>(from + in.pos);
    stream_.avail_in = static_cast<uInt>(in.size - in.pos);
    stream_.next_out = reinterpret_cast<Bytef*>(static_cast<char*>(out.dst) + out.pos);
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size - out.pos, kMostAtOnce));
    const uInt room = stream_.avail_out;
    in_frame_ = in_frame_ || stream_.avail_in != 0;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    in.pos = in.size - stream_.avail_in;
    out.pos += room - stream_.avail_out;
    if (code == Z_STREAM_END) {
      in_frame_ = false;
      return inflateReset(&stream_) == Z_OK ? nullptr : "gzip stream error";
    }
    if (code == Z_OK || code == Z_BUF_ERROR) return nullptr;
    return stream_.msg != nullptr ? stream_.msg : "gzip stream error";
  }

 private:
  static constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;
  z_stream stream_{};
};

std::unique_ptr<Decoder> make_decoder(codec::Compression compression) {
  if (compression == codec::Compression::gzip) return std::make_unique<GzipDecoder>();
  return std::make_unique<ZstdDecoder>();
}

}  // namespace

struct MemberStream::State {
  State(int file, std::uint64_t from, std::uint64_t length, std::uint64_t content,
        codec::Compression compression, std::string label)
      : fd(file),
        offset(from),
        left(length),
        content_left(content),
        name(std::move(label)),
        decoder(make_decoder(compression)) {}

  // The next chunk of compressed bytes into `chunk`, through the hash; empty at the end.
  Result<void> fill() {
    ZSTD_inBuffer& input = buffers.in;
    input = {chunk.data(), std::min<std::uint64_t>(chunk.size(), left), 0};
    MD_CHECK(read_exactly(fd, offset, chunk.data(), input.size, name));
    offset += input.size;
    left -= input.size;
    hash.update({chunk.data(), input.size});
    return {};
  }
  Error malformed(std::string_view what) const {
    return Error{Errc::malformed, std::string{what}, name, 0, 0};
  }

  int fd;
  std::uint64_t offset;
  std::uint64_t left;          // compressed bytes not yet in `chunk`
  std::uint64_t content_left;  // promised and not yet given
  std::string name;
  std::unique_ptr<Decoder> decoder;
  std::array<char, std::size_t{128} << 10> chunk;
  Buffers buffers;
  store::Sha256Hasher hash;
  std::optional<store::Sha256> digest;  // once all is hashed
};

MemberStream::MemberStream(int fd, std::uint64_t offset, std::uint64_t size,
                           std::uint64_t content_size, codec::Compression compression,
                           std::string name)
    : state_(
          std::make_unique<State>(fd, offset, size, content_size, compression, std::move(name))) {}
MemberStream::MemberStream(MemberStream&&) noexcept = default;
MemberStream& MemberStream::operator=(MemberStream&&) noexcept = default;
MemberStream::~MemberStream() = default;

Result<std::size_t> MemberStream::read(char* out, std::size_t size) {
  State& s = *state_;
  ZSTD_inBuffer& input = s.buffers.in;
  ZSTD_outBuffer& output = s.buffers.out;
  output = {out, size, 0};
  while (output.pos == 0) {
    if (input.pos == input.size) {
      MD_CHECK(s.fill());
      if (input.size == 0 && !s.decoder->in_frame()) {
        if (s.content_left != 0)
          return s.malformed(fmt::format("ends {} bytes early", s.content_left));
        return std::size_t{0};
      }
    }
    const std::size_t before = input.pos;
    if (const char* const problem = s.decoder->step(s.buffers); problem != nullptr)
      return s.malformed(fmt::format("compressed data is damaged ({})", problem));
    // Without new input the decoder may still hold content back, but not forever.
    if (s.decoder->in_frame() && input.size == before && output.pos == 0)
      return s.malformed("compressed data ends inside a frame");
  }
  if (output.pos > s.content_left) return s.malformed("is longer than the manifest says");
  s.content_left -= output.pos;
  return output.pos;
}

Result<store::Sha256> MemberStream::digest() {
  State& s = *state_;
  while (s.left != 0) MD_CHECK(s.fill());
  if (!s.digest) s.digest = s.hash.finish();
  return *s.digest;
}

const std::string& MemberStream::name() const { return state_->name; }

}  // namespace md::archive
