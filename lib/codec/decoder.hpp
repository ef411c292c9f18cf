// Internal to line_reader.cpp: the content of a file or of memory, whatever its compression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.hpp"
#include "codec/file.hpp"

namespace md::codec {

// Content is asked for in pieces of this size.
constexpr std::size_t kContentChunk = std::size_t{128} << 10;

// The bytes of a file or of memory, in chunks.
class Input {
 public:
  explicit Input(Fd fd);
  explicit Input(std::string memory);

  const char* data() const { return bytes_.data() + pos_; }
  std::size_t size() const { return end_ - pos_; }
  void consume(std::size_t count) { pos_ += count; }
  std::uint64_t total() const { return total_; }  // read so far
  int error() const { return error_; }            // of the system; 0 = none

  // Up to `size` bytes into `out`, past the own buffer once that is empty; 0 at the end.
  std::size_t read(char* out, std::size_t size);
  // At least `wanted` (small) bytes, if there are that many; false when nothing more came.
  bool fill(std::size_t wanted = 1);

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

class Decoder {
 public:
  virtual ~Decoder() = default;
  // More bytes behind what stands in `content` from `begin` on. That may move, to
  // other memory too; what stood before it is gone. kPadding bytes behind the end can be read.
  // damage: see what(); the next call goes on behind it. end: see error(); there is no next call.
  virtual Decoded more(Buffer& content, std::size_t& begin) = 0;
  virtual std::string what() const = 0;

  // Of the input: bytes read so far; the system's error that ended it, or 0; whether there are
  // bytes at hand that were not decoded yet.
  virtual std::uint64_t bytes_read() const = 0;
  virtual int error() const = 0;
  virtual bool has_input() const = 0;
};

// For what the first bytes say it is. ahead: what is compressed is read and decompressed on a
// thread of its own, up to 2 MiB before it is asked for.
std::unique_ptr<Decoder> make_decoder(Input input, bool ahead);

}  // namespace md::codec
