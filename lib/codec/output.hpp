// Output: whole lines to standard output or to a file that appears only when it is complete. It is
// compressed on a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace md::codec {

enum class Compression : std::uint8_t { none, gzip, zstd };

// By the name's end: .zst, .gz, anything else is plain.
Compression compression_for(std::string_view path);

class Output {
 public:
  struct Options {
    std::optional<Compression>
        compression;       // default: compression_for(path); none for standard output
    int level = 0;         // 0 = see compressor.hpp
    bool replace = false;  // may an existing file be replaced
    std::size_t frame_size = std::size_t{8}
                             << 20;  // zstd: an independent frame ends after this many bytes
  };

  // "-" is standard output. A file is written as `path.part` in the same directory and renamed by
  // finish(). Errors: exists, create, permission.
  static Result<Output> open(const std::string& path, const Options& options);
  static Result<Output> open(const std::string& path) { return open(path, Options{}); }

  Output(Output&&) noexcept;
  Output& operator=(Output&&) noexcept;
  // Without finish(), the .part file is removed: what is not complete does not appear.
  ~Output();

  // `lines` ends with '\n'. Buffered; Errc::io when the disk is full, the reader gone and so on.
  Result<void> write(std::string_view lines);
  // Everything written so far is with the kernel, at the end of an independent frame.
  Result<void> flush();
  // Flushes, fsyncs and renames. Must be called, and checked, for the output to exist.
  Result<void> finish();

  std::uint64_t bytes_in() const;   // before compression
  std::uint64_t bytes_out() const;  // given to the kernel
  const std::string& path() const;

 private:
  struct State;
  explicit Output(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::codec
