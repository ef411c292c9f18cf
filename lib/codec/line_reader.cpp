#include "codec/line_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "codec/file.hpp"

namespace md::codec {
namespace {

constexpr std::size_t kInputChunk = std::size_t{256} << 10;
constexpr std::size_t kOutputChunk = std::size_t{128} << 10;
constexpr char kZstdMagic[] = {'\x28', '\xB5', '\x2F', '\xFD'};
constexpr char kGzipMagic[] = {'\x1F', '\x8B'};

// The bytes of a file or of memory, in chunks.
class Input {
 public:
  explicit Input(Fd fd) : fd_(std::move(fd)), bytes_(kInputChunk) {}
  explicit Input(std::string memory)
      : bytes_(memory.begin(), memory.end()), end_(bytes_.size()), total_(end_) {}

  const char* data() const { return bytes_.data() + pos_; }
  std::size_t size() const { return end_ - pos_; }
  void consume(std::size_t count) { pos_ += count; }
  std::uint64_t total() const { return total_; }
  int error() const { return error_; }

  // Up to `size` bytes into `out`, past the own buffer once that is empty; 0 at the end.
  std::size_t read(char* out, std::size_t size) {
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

  // At least `wanted` (small) bytes, if there are that many; false when nothing more came.
  bool fill(std::size_t wanted = 1) {
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

 private:
  Fd fd_;
  std::vector<char> bytes_;
  std::size_t pos_ = 0;
  std::size_t end_ = 0;
  std::uint64_t total_ = 0;
  bool eof_ = false;
  int error_ = 0;
};

enum class Decoded : std::uint8_t { data, end, damage };

// Turns input bytes into content bytes.
class Decoder {
 public:
  virtual ~Decoder() = default;
  // Writes up to `size` bytes to `out` and says how many. damage: see what(); the next call goes on
  // behind it.
  virtual Decoded read(Input& input, char* out, std::size_t size, std::size_t& got) = 0;
  virtual std::string what() const = 0;
};

class PlainDecoder final : public Decoder {
 public:
  Decoded read(Input& input, char* out, std::size_t size, std::size_t& got) override {
    got = input.read(out, size);
    return got == 0 ? Decoded::end : Decoded::data;
  }
  std::string what() const override { return {}; }
};

class ZstdDecoder final : public Decoder {
 public:
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  Decoded read(Input& input, char* out, std::size_t size, std::size_t& got) override {
    if (resync_ && !find_frame(input)) return Decoded::end;
    while (true) {
      // Even without input the decoder may hold content back that did not fit before.
      const bool more = input.fill();
      if (!more && !pending_) {
        if (!in_frame_) return Decoded::end;
        in_frame_ = false;
        what_ = "compressed data ends inside a frame (torn tail)";
        return Decoded::damage;
      }
      ZSTD_inBuffer in{input.data(), input.size(), 0};
      ZSTD_outBuffer to{out, size, 0};
      const std::size_t hint = ZSTD_decompressStream(stream_, &to, &in);
      input.consume(in.pos);
      got = to.pos;
      if (ZSTD_isError(hint) != 0) {
        what_ = fmt::format("compressed data is damaged ({})", ZSTD_getErrorName(hint));
        ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only);
        // A failed call leaves its input where it was: step on, or the same frame would be found
        // again.
        input.consume(std::min<std::size_t>(1, input.size()));
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
  bool find_frame(Input& input) {
    while (input.fill(sizeof kZstdMagic)) {
      const std::string_view bytes{input.data(), input.size()};
      const auto at = bytes.find(std::string_view{kZstdMagic, sizeof kZstdMagic});
      if (at != std::string_view::npos) {
        input.consume(at);
        resync_ = false;
        return true;
      }
      input.consume(bytes.size() - sizeof kZstdMagic + 1);
    }
    input.consume(input.size());
    return false;
  }

  ZSTD_DStream* stream_ = ZSTD_createDStream();
  bool in_frame_ = false;
  bool pending_ = false;
  bool resync_ = false;
  std::string what_;
};

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder() { inflateInit2(&stream_, 15 + 16); }
  ~GzipDecoder() override { inflateEnd(&stream_); }

  Decoded read(Input& input, char* out, std::size_t size, std::size_t& got) override {
    while (true) {
      const bool more = input.fill();
      if (!more && !pending_) {
        if (!in_member_) return Decoded::end;
        in_member_ = false;
        what_ = "compressed data ends inside a member (torn tail)";
        return Decoded::damage;
      }
      stream_.next_in =
          reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib does not write to it
      stream_.avail_in = static_cast<uInt>(input.size());
      stream_.next_out = reinterpret_cast<Bytef*>(out);
      stream_.avail_out = static_cast<uInt>(size);
      const int code = inflate(&stream_, Z_NO_FLUSH);
      input.consume(input.size() - stream_.avail_in);
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
        while (input.fill()) input.consume(input.size());
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

std::unique_ptr<Decoder> decoder_for(Input& input) {
  input.fill(sizeof kZstdMagic);
  const std::string_view head{input.data(), std::min(input.size(), sizeof kZstdMagic)};
  if (head == std::string_view{kZstdMagic, sizeof kZstdMagic})
    return std::make_unique<ZstdDecoder>();
  if (head.substr(0, 2) == std::string_view{kGzipMagic, sizeof kGzipMagic})
    return std::make_unique<GzipDecoder>();
  return std::make_unique<PlainDecoder>();
}

}  // namespace

struct LineReader::State {
  State(std::string name, Input from, std::uint64_t size, std::size_t limit)
      : path(std::move(name)), input(std::move(from)), total(size), max_line(limit) {}

  // More content behind [begin, end): false at the end or where something broke (see pending).
  bool fill() {
    if (!decoder) decoder = decoder_for(input);
    if (begin != 0) {
      std::memmove(content.get(), content.get() + begin, end - begin);
      end -= begin;
      scanned -= begin;
      begin = 0;
    }
    if (capacity - end < kOutputChunk + kPadding) {
      const std::size_t bigger = std::max(2 * capacity, end + 2 * kOutputChunk + kPadding);
      auto grown = std::make_unique_for_overwrite<char[]>(bigger);
      if (end != 0) std::memcpy(grown.get(), content.get(), end);
      content = std::move(grown);
      capacity = bigger;
    }
    std::size_t got = 0;
    const Decoded decoded = decoder->read(input, content.get() + end, kOutputChunk, got);
    end += got;
    filled = got == kOutputChunk;
    if (decoded == Decoded::damage)
      pending = Error{Errc::malformed, decoder->what(), path, number + 1, 0};
    if (decoded == Decoded::end) {
      finished = true;
      if (input.error() != 0)
        pending = system_error(Errc::io, "cannot read '" + path + "'", input.error());
    }
    return decoded == Decoded::data;
  }

  std::string path;
  Input input;
  std::uint64_t total;
  std::size_t max_line;
  std::unique_ptr<Decoder> decoder;
  std::unique_ptr<char[]> content;
  std::size_t capacity = 0;
  std::size_t begin = 0;    // of what was not given yet
  std::size_t scanned = 0;  // no '\n' in [begin, scanned)
  std::size_t end = 0;
  std::uint64_t number = 0;
  bool skipping = false;  // inside a line over the limit
  bool finished = false;
  bool unterminated = false;     // the line last given
  bool filled = false;           // the decoder may hold more than it had place for
  std::optional<Error> pending;  // to be reported once the lines before it were given
  Error reported;
};

Result<LineReader> LineReader::open(const std::string& path, std::size_t max_line) {
  const bool standard = path == "-";
  Fd fd{standard ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  const std::string name = standard ? "standard input" : path;
  if (!fd) {
    return system_error(errno == EACCES ? Errc::permission : Errc::not_found,
                        "cannot open '" + name + "'", errno);
  }
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0)
    return system_error(Errc::not_found, "cannot read '" + name + "'", errno);
  if (S_ISDIR(about.st_mode))
    return system_error(Errc::not_found, "cannot read '" + name + "'", EISDIR);
  const std::uint64_t size = S_ISREG(about.st_mode) ? static_cast<std::uint64_t>(about.st_size) : 0;
  return LineReader{std::make_unique<State>(name, Input{std::move(fd)}, size, max_line)};
}

LineReader LineReader::from_memory(std::string bytes, std::string name) {
  const std::uint64_t size = bytes.size();
  return LineReader{
      std::make_unique<State>(std::move(name), Input{std::move(bytes)}, size, kMaxLine)};
}

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

LineReader::Read LineReader::next(std::string_view& line) {
  State& s = *state_;
  while (true) {
    const char* const from = s.content.get() + s.scanned;
    const void* const found =
        s.end > s.scanned ? std::memchr(from, '\n', s.end - s.scanned) : nullptr;
    if (found != nullptr) {
      const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - s.content.get());
      line = {s.content.get() + s.begin, at - s.begin};
      s.begin = s.scanned = at + 1;
      ++s.number;
      if (s.skipping || line.size() > s.max_line) {
        s.skipping = false;
        s.reported = Error{Errc::malformed, fmt::format("line is longer than {} bytes", s.max_line),
                           s.path, s.number, 0};
        return Read::damage;
      }
      if (line.ends_with('\r')) line.remove_suffix(1);
      s.unterminated = false;
      return Read::line;
    }
    s.scanned = s.end;
    if (s.skipping || s.end - s.begin > s.max_line) {
      s.skipping = true;
      s.begin = s.scanned = s.end = 0;
    }
    if (s.pending) {
      // What was torn off is no line.
      s.begin = s.scanned = s.end = 0;
      s.skipping = false;
      s.reported = *std::move(s.pending);
      s.pending.reset();
      return Read::damage;
    }
    if (s.finished) {
      if (s.begin == s.end && !s.skipping) return Read::end;
      ++s.number;
      line = {s.content.get() + s.begin, s.end - s.begin};
      s.begin = s.scanned = s.end;
      if (s.skipping) {
        s.skipping = false;
        s.reported = Error{Errc::malformed, fmt::format("line is longer than {} bytes", s.max_line),
                           s.path, s.number, 0};
        return Read::damage;
      }
      s.unterminated = true;
      return Read::line;
    }
    s.fill();
  }
}

bool LineReader::drained() const { return state_->begin == state_->end; }

bool LineReader::may_wait() const {
  const State& s = *state_;
  if (s.finished || s.pending || s.filled || s.input.size() != 0) return false;
  return s.end == s.scanned ||
         std::memchr(s.content.get() + s.scanned, '\n', s.end - s.scanned) == nullptr;
}

bool LineReader::unterminated() const { return state_->unterminated; }
const Error& LineReader::damage() const { return state_->reported; }
const std::string& LineReader::path() const { return state_->path; }
std::uint64_t LineReader::line_number() const { return state_->number; }
std::uint64_t LineReader::bytes_read() const { return state_->input.total(); }
std::uint64_t LineReader::bytes_total() const { return state_->total; }

}  // namespace md::codec
