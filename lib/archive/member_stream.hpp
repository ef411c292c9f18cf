// MemberStream: the content of one compressed member, read from its place in the archive.
//
// Keeps one input chunk and the decompressor's window (at most 128 MiB, 8 MiB for what we write) in
// memory, whatever the member's size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "codec/output.hpp"
#include "store/sha256.hpp"

namespace md::archive {

class MemberStream {
 public:
  // Bytes [offset, offset + size) of `fd`, which stays the caller's and open; they decompress to
  // `content_size` bytes. `name` is for errors.
  MemberStream(int fd, std::uint64_t offset, std::uint64_t size, std::uint64_t content_size,
               codec::Compression compression, std::string name);
  MemberStream(MemberStream&&) noexcept;
  MemberStream& operator=(MemberStream&&) noexcept;
  ~MemberStream();

  // Up to `size` bytes of content to `out`; 0 at the end.
  // Errors: malformed (damaged, or not of `content_size` bytes), io.
  Result<std::size_t> read(char* out, std::size_t size);

  // SHA-256 of all compressed bytes, those not yet read included; ends the reading.
  Result<store::Sha256> digest();

  const std::string& name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::archive
