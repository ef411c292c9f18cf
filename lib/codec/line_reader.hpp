// LineReader: the lines of a file or of standard input, plain, gzip or zstd, told apart by content.
//
// A torn or damaged place does not stop it: it is reported once, and the good lines before and
// after it are given (after damage in a .zst, reading goes on at the next frame).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"

namespace md::codec {

// Readable bytes behind every line given, for parsers that read ahead (simdjson).
constexpr std::size_t kPadding = 64;
constexpr std::size_t kMaxLine = std::size_t{64} << 20;

class LineReader {
 public:
  enum class Read : std::uint8_t {
    line,    // a line was read
    damage,  // something was lost here: see damage(); call next() again to go on
    end,
  };

  struct Options {
    std::size_t max_line = kMaxLine;
    // May a large compressed file be decompressed on a thread of its own, ahead of what is given.
    // Not for who has many files open at once.
    bool ahead = true;
  };

  // "-" is standard input. Errors: not_found (missing, a directory, unreadable), permission.
  static Result<LineReader> open(const std::string& path, const Options& options);
  static Result<LineReader> open(const std::string& path) { return open(path, Options{}); }
  // Bytes in memory, as a file's content would be; for tests and for what is already there.
  static LineReader from_memory(std::string bytes, std::string name = "memory");

  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;
  ~LineReader();

  // The next line without its '\n' (and without a '\r' before it). `line` is valid until the next
  // call. A last line without '\n' is a line too. Empty lines are given.
  Read next(std::string_view& line);

  // Lines by the hundred, for who hands them on: they stay valid when the reader goes on.
  struct Block {
    std::vector<std::string_view> lines;  // each as next() gives it
    std::uint64_t first = 0;              // line_number() of the first
    Buffer memory;                        // what they point into
  };
  // As many whole lines as are at hand, at least one. What `block` had goes, its memory is used
  // again.
  Read next_block(Block& block);

  // Everything read so far was given: the next call may have to wait for a pipe's writer. The
  // moment to flush what came of it.
  bool drained() const;

  // No whole line is left of what was read: the next call has to wait where the input has nothing.
  bool may_wait() const;

  // The line last given had no '\n': the input ends in it.
  bool unterminated() const;

  // After Read::damage: malformed (torn or corrupt compressed data, a line over the limit) or io.
  const Error& damage() const;

  const std::string& path() const;
  std::uint64_t line_number() const;  // of the last line given, 1-based
  std::uint64_t bytes_read() const;   // of the file as it stands on disk, for progress
  std::uint64_t bytes_total() const;  // 0 where unknown (a pipe)

 private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::codec
