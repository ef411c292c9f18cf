// Parts of a file that stay where they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "store/sha256.hpp"

namespace md::archive {

struct Region {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t end() const { return offset + bytes; }
  friend bool operator==(const Region&, const Region&) = default;
};

// A region and what it was when written.
struct SealedRegion {
  Region region;
  store::Sha256 sha256{};
  friend bool operator==(const SealedRegion&, const SealedRegion&) = default;
};

// tar pads each member with zeros to its next block.
constexpr std::uint64_t kTarBlock = 512;
constexpr std::uint64_t padding_behind(std::uint64_t offset) {
  return (kTarBlock - offset % kTarBlock) % kTarBlock;
}

// All `size` bytes at `offset`; does not move the descriptor. Errors: io, malformed where the file
// ends before.
Result<void> read_exactly(int fd, std::uint64_t offset, char* out, std::size_t size,
                          const std::string& name);
// SHA-256 of a region, in chunks.
Result<store::Sha256> sha256_of(int fd, const Region& region, const std::string& name);
// Are all bytes of it zero.
Result<bool> is_zero(int fd, const Region& region, const std::string& name);

}  // namespace md::archive
