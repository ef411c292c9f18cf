#include "codec/decoder.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include "base/relay.hpp"
#include "codec/line_reader.hpp"

namespace md::codec {
namespace {

constexpr std::size_t kInputChunk = std::size_t{256} << 10;
// What is decoded ahead: pieces large enough for waking somebody not to count.
constexpr std::size_t kAheadChunk = std::size_t{256} << 10;
constexpr std::size_t kChunksAhead = 8;
// Room before a chunk for the line that began in the one before.
constexpr std::size_t kHeadroom = std::size_t{8} << 10;
constexpr std::size_t kKeptMemory = 4 * kAheadChunk;
constexpr char kZstdMagic[] = {'\x28', '\xB5', '\x2F', '\xFD'};
constexpr char kGzipMagic[] = {'\x1F', '\x8B'};

class InputDecoder : public Decoder {
 public:
  explicit InputDecoder(Input input) : input_(std::move(input)) {}

  Decoded more(Buffer& content, std::size_t& begin) final {
    content.consume(begin);
    begin = 0;
    return append(content, kContentChunk);
  }
  // At most `size` bytes.
  Decoded append(Buffer& content, std::size_t size) {
    char* const to = content.reserve(size + kPadding);
    std::size_t got = 0;
    const Decoded decoded = read(to, size, got);
    content.commit(to + got);
    return decoded;
  }

  std::uint64_t bytes_read() const override { return input_.total(); }
  int error() const override { return input_.error(); }
  bool has_input() const override { return input_.size() != 0; }

 protected:
  // Writes up to `size` bytes to `out` and says how many.
  virtual Decoded read(char* out, std::size_t size, std::size_t& got) = 0;

  Input input_;
};

class PlainDecoder final : public InputDecoder {
 public:
  using InputDecoder::InputDecoder;
  Decoded read(char* out, std::size_t size, std::size_t& got) override {
    got = input_.read(out, size);
    return got == 0 ? Decoded::end : Decoded::data;
  }
  std::string what() const override { return {}; }
};

class ZstdDecoder final : public InputDecoder {
 public:
  using InputDecoder::InputDecoder;
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  Decoded read(char* out, std::size_t size, std::size_t& got) override {
    if (resync_ && !find_frame()) return Decoded::end;
    while (true) {
      // Even without input the decoder may hold content back that did not fit before.
      const bool more = input_.fill();
      if (!more && !pending_) {
        if (!in_frame_) return Decoded::end;
        in_frame_ = false;
        what_ = "compressed data ends inside a frame (torn tail)";
        return Decoded::damage;
      }
      ZSTD_inBuffer in{input_.data(), input_.size(), 0};
      ZSTD_outBuffer to{out, size, 0};
      const std::size_t hint = ZSTD_decompressStream(stream_, &to, &in);
      input_.consume(in.pos);
      got = to.pos;
      if (ZSTD_isError(hint) != 0) {
        what_ = fmt::format("compressed data is damaged ({})", ZSTD_getErrorName(hint));
        ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only);
        // A failed call leaves its input where it was: step on, or the same frame would be found
        // again.
        input_.consume(std::min<std::size_t>(1, input_.size()));
        resync_ = true;
        in_frame_ = pending_ = false;
        return Decoded::damage;
      }
      in_frame_ = hint != 0;
      pending_ = in_frame_ && to.pos == to.size;
      if (got != 0) return Decoded::data;
    }
  }
  std::string what() const override { return what_; }

 private:
  // After damage: skips to what looks like the next frame.
  bool find_frame() {
    while (input_.fill(sizeof kZstdMagic)) {
      const std::string_view bytes{input_.data(), input_.size()};
      const auto at = bytes.find(std::string_view{kZstdMagic, sizeof kZstdMagic});
      if (at != std::string_view::npos) {
        input_.consume(at);
        resync_ = false;
        return true;
      }
      input_.consume(bytes.size() - sizeof kZstdMagic + 1);
    }
    input_.consume(input_.size());
    return false;
  }

  ZSTD_DStream* stream_ = ZSTD_createDStream();
  bool in_frame_ = false;
  bool pending_ = false;
  bool resync_ = false;
  std::string what_;
};

class GzipDecoder final : public InputDecoder {
 public:
  explicit GzipDecoder(Input input) : InputDecoder(std::move(input)) {
    inflateInit2(&stream_, 15 + 16);
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }

  Decoded read(char* out, std::size_t size, std::size_t& got) override {
    while (true) {
      const bool more = input_.fill();
      if (!more && !pending_) {
        if (!in_member_) return Decoded::end;
        in_member_ = false;
        what_ = "compressed data ends inside a member (torn tail)";
        return Decoded::damage;
      }
      stream_.next_in =
          reinterpret_cast<Bytef*>(const_cast<char*>(input_.data()));  // zlib does not write to it
      stream_.avail_in = static_cast<uInt>(input_.size());
      stream_.next_out = reinterpret_cast<Bytef*>(out);
      stream_.avail_out = static_cast<uInt>(size);
      const int code = inflate(&stream_, Z_NO_FLUSH);
      input_.consume(input_.size() - stream_.avail_in);
      got = size - stream_.avail_out;
      pending_ = stream_.avail_out == 0;
      in_member_ = true;
      if (code == Z_STREAM_END) {
        inflateReset(&stream_);
        in_member_ = pending_ = false;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        what_ = fmt::format("compressed data is damaged ({})",
                            stream_.msg != nullptr ? stream_.msg : "gzip");
        // gzip has no frames to find again: the rest is lost.
        while (input_.fill()) input_.consume(input_.size());
        in_member_ = pending_ = false;
        return Decoded::damage;
      }
      if (got != 0) return Decoded::data;
    }
  }
  std::string what() const override { return what_; }

 private:
  z_stream stream_{};
  bool in_member_ = false;
  bool pending_ = false;
  std::string what_;
};

// Another decoder's content, decoded on a thread of its own.
class DecoderAhead final : public Decoder {
 public:
  explicit DecoderAhead(std::unique_ptr<InputDecoder> decoder)
      : decoder_(std::move(decoder)), thread_([this] { decode(); }) {}
  ~DecoderAhead() override {
    chunks_.leave();
    thread_.join();
  }

  Decoded more(Buffer& content, std::size_t& begin) override {
    Chunk& chunk = *chunks_.next();  // the last one says `end`
    const std::string_view rest = content.view().substr(begin);
    if (rest.size() <= kHeadroom) {
      begin = kHeadroom - rest.size();
      chunk.content.replace(begin, rest);
      std::swap(content, chunk.content);
    } else {
      content.consume(begin);
      begin = 0;
      content.append(chunk.content.view().substr(kHeadroom));
      content.reserve(kPadding);
    }
    const Decoded decoded = chunk.decoded;
    what_ = chunk.what;
    bytes_read_ = chunk.bytes_read;
    error_ = chunk.error;
    chunks_.release();
    return decoded;
  }
  std::string what() const override { return what_; }

  std::uint64_t bytes_read() const override { return bytes_read_; }
  int error() const override { return error_; }
  bool has_input() const override { return true; }  // a file's, which nobody has to wait for

 private:
  struct Chunk {
    Buffer content;  // from kHeadroom on
    Decoded decoded = Decoded::data;
    std::string what;
    std::uint64_t bytes_read = 0;
    int error = 0;
  };

  void decode() {
    while (Chunk* const chunk = chunks_.claim()) {
      Buffer& content = chunk->content;
      // The reader's memory comes here, and a huge line's must not stay, once for each chunk.
      if (content.capacity() > kKeptMemory) content = Buffer{};
      content.clear();
      content.commit(content.reserve(kHeadroom + kAheadChunk + kPadding) + kHeadroom);
      chunk->decoded = Decoded::data;
      // Frames may be short, and waking somebody takes as long as decoding one.
      while (chunk->decoded == Decoded::data && content.size() != kHeadroom + kAheadChunk) {
        chunk->decoded = decoder_->append(content, kHeadroom + kAheadChunk - content.size());
      }
      chunk->what = decoder_->what();
      chunk->bytes_read = decoder_->bytes_read();
      chunk->error = decoder_->error();
      const bool end = chunk->decoded == Decoded::end;
      chunks_.publish();
      if (end) return;
    }
  }

  std::unique_ptr<InputDecoder> decoder_;  // the thread's
  Relay<Chunk> chunks_{kChunksAhead};
  std::string what_;
  std::uint64_t bytes_read_ = 0;
  int error_ = 0;
  std::thread thread_;
};

}  // namespace

Input::Input(Fd fd) : fd_(std::move(fd)), bytes_(kInputChunk) {}

Input::Input(std::string memory)
    : bytes_(memory.begin(), memory.end()), end_(bytes_.size()), total_(end_) {}

std::size_t Input::read(char* out, std::size_t size) {
  const std::size_t buffered = std::min(size, this->size());
  if (buffered != 0) {
    std::memcpy(out, data(), buffered);
    consume(buffered);
    return buffered;
  }
  while (fd_ && !eof_) {
    const ssize_t got = ::read(fd_.get(), out, size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error_ = errno;
    if (got <= 0) break;
    total_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
  eof_ = true;
  return 0;
}

bool Input::fill(std::size_t wanted) {
  while (size() < wanted && !eof_) {
    if (!fd_) {
      eof_ = true;
      break;
    }
    if (pos_ != 0) {
      std::memmove(bytes_.data(), data(), size());
      end_ -= pos_;
      pos_ = 0;
    }
    const ssize_t got = ::read(fd_.get(), bytes_.data() + end_, bytes_.size() - end_);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      if (got < 0) error_ = errno;
      eof_ = true;
      break;
    }
    end_ += static_cast<std::size_t>(got);
    total_ += static_cast<std::uint64_t>(got);
  }
  return size() >= wanted;
}

std::unique_ptr<Decoder> make_decoder(Input input, bool ahead) {
  input.fill(sizeof kZstdMagic);
  const std::string_view head{input.data(), std::min(input.size(), sizeof kZstdMagic)};
  std::unique_ptr<InputDecoder> decoder;
  if (head == std::string_view{kZstdMagic, sizeof kZstdMagic}) {
    decoder = std::make_unique<ZstdDecoder>(std::move(input));
  } else if (head.substr(0, 2) == std::string_view{kGzipMagic, sizeof kGzipMagic}) {
    decoder = std::make_unique<GzipDecoder>(std::move(input));
  } else {
    return std::make_unique<PlainDecoder>(std::move(input));
  }
  if (ahead) return std::make_unique<DecoderAhead>(std::move(decoder));
  return decoder;
}

}  // namespace md::codec
