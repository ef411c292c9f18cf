#include "codec/line_reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "codec/decoder.hpp"
#include "codec/file.hpp"

namespace md::codec {
namespace {

// A thread is not worth its start for less than this many bytes of a file.
constexpr std::uint64_t kWorthAThread = std::uint64_t{256} << 10;

}  // namespace

struct LineReader::State {
  State(std::string name, Input from, std::uint64_t size, const Options& how)
      : path(std::move(name)), input(std::move(from)), total(size), options(how) {}

  // More content behind what there is, or none (see finished and pending).
  void fill() {
    if (!decoder) {
      decoder = make_decoder(*std::exchange(input, {}), options.ahead && total >= kWorthAThread);
    }
    const std::size_t kept = content.size() - begin;
    const std::size_t old_begin = begin;
    const Decoded decoded = decoder->more(content, begin);
    scanned = scanned - old_begin + begin;
    filled = content.size() - begin - kept == kContentChunk;
    if (decoded == Decoded::damage)
      pending = Error{Errc::malformed, decoder->what(), path, number + 1, 0};
    if (decoded == Decoded::end) {
      finished = true;
      if (decoder->error() != 0)
        pending = system_error(Errc::io, "cannot read '" + path + "'", decoder->error());
    }
  }

  // Its memory with the lines up to `end`; the rest stays here, in the block's.
  void give(std::size_t end, Block& block) {
    block.memory.clear();
    block.memory.append(content.view().substr(end));
    std::swap(block.memory, content);
    block.first = number + 1;
    std::string_view text = block.memory.view().substr(begin, end - begin);
    while (!text.empty()) {
      std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(line.size() + 1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      block.lines.push_back(line);
    }
    number += block.lines.size();
    unterminated = false;
    begin = 0;
    scanned = content.size();
  }

  void drop_content() {
    content.clear();
    begin = scanned = 0;
  }

  bool has_input() const { return decoder ? decoder->has_input() : input->size() != 0; }

  std::string path;
  std::optional<Input> input;  // until there is a decoder
  std::uint64_t total;         // of a regular file; 0 elsewhere
  Options options;
  std::unique_ptr<Decoder> decoder;
  Buffer content;
  std::size_t begin = 0;    // of what was not given yet
  std::size_t scanned = 0;  // no '\n' in [begin, scanned)
  std::uint64_t number = 0;
  bool skipping = false;  // inside a line over the limit
  bool finished = false;
  bool unterminated = false;     // the line last given
  bool filled = false;           // the decoder may hold more than it had place for
  std::optional<Error> pending;  // to be reported once the lines before it were given
  Error reported;
};

Result<LineReader> LineReader::open(const std::string& path, const Options& options) {
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
  return LineReader{std::make_unique<State>(name, Input{std::move(fd)}, size, options)};
}

LineReader LineReader::from_memory(std::string bytes, std::string name) {
  const std::uint64_t size = bytes.size();
  return LineReader{std::make_unique<State>(std::move(name), Input{std::move(bytes)}, size,
                                            Options{.ahead = false})};
}

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

LineReader::Read LineReader::next(std::string_view& line) {
  State& s = *state_;
  while (true) {
    const std::string_view content = s.content.view();
    if (const std::size_t at = content.find('\n', s.scanned); at != content.npos) {
      line = content.substr(s.begin, at - s.begin);
      s.begin = s.scanned = at + 1;
      ++s.number;
      if (s.skipping || line.size() > s.options.max_line) {
        s.skipping = false;
        s.reported =
            Error{Errc::malformed, fmt::format("line is longer than {} bytes", s.options.max_line),
                  s.path, s.number, 0};
        return Read::damage;
      }
      if (line.ends_with('\r')) line.remove_suffix(1);
      s.unterminated = false;
      return Read::line;
    }
    s.scanned = content.size();
    if (s.skipping || content.size() - s.begin > s.options.max_line) {
      s.skipping = true;
      s.drop_content();
    }
    if (s.pending) {
      // What was torn off is no line.
      s.drop_content();
      s.skipping = false;
      s.reported = *std::move(s.pending);
      s.pending.reset();
      return Read::damage;
    }
    if (s.finished) {
      if (s.begin == s.content.size() && !s.skipping) return Read::end;
      ++s.number;
      line = s.content.view().substr(s.begin);
      s.begin = s.scanned = s.content.size();
      if (s.skipping) {
        s.skipping = false;
        s.reported =
            Error{Errc::malformed, fmt::format("line is longer than {} bytes", s.options.max_line),
                  s.path, s.number, 0};
        return Read::damage;
      }
      s.unterminated = true;
      return Read::line;
    }
    s.fill();
  }
}

LineReader::Read LineReader::next_block(Block& block) {
  State& s = *state_;
  block.lines.clear();
  while (!s.skipping) {
    // What stands behind the last one is not whole yet.
    const std::size_t last = s.content.view().substr(s.scanned).rfind('\n');
    if (last != std::string_view::npos) {
      const std::size_t end = s.scanned + last + 1;
      if (end - s.begin > s.options.max_line) break;  // and so may one of them be
      s.give(end, block);
      return Read::line;
    }
    s.scanned = s.content.size();
    if (s.pending || s.finished || s.scanned - s.begin > s.options.max_line) break;
    s.fill();
  }
  // The end, damage, or a line that is too long.
  std::string_view line;
  const Read read = next(line);
  if (read == Read::line) {
    block.memory.clear();
    block.memory.reserve(line.size() + kPadding);
    block.memory.append(line);
    block.lines.push_back(block.memory.view());
    block.first = s.number;
  }
  return read;
}

bool LineReader::drained() const { return state_->begin == state_->content.size(); }

bool LineReader::may_wait() const {
  const State& s = *state_;
  if (s.finished || s.pending || s.filled || s.has_input()) return false;
  return s.content.view().find('\n', s.scanned) == std::string_view::npos;
}

bool LineReader::unterminated() const { return state_->unterminated; }
const Error& LineReader::damage() const { return state_->reported; }
const std::string& LineReader::path() const { return state_->path; }
std::uint64_t LineReader::line_number() const { return state_->number; }
std::uint64_t LineReader::bytes_read() const {
  return state_->decoder ? state_->decoder->bytes_read() : 0;
}
std::uint64_t LineReader::bytes_total() const { return state_->total; }

}  // namespace md::codec
