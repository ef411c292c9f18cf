// Hashes of bytes: for tables and duplicate keys, not for security (SHA-256 is in store and
// archive).
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace md {

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

Hash128 hash128(std::string_view bytes, std::uint64_t seed = 0) noexcept;
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0) noexcept;

// Transparent hash for unordered containers keyed by string.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return static_cast<std::size_t>(hash64(text));
  }
};

}  // namespace md
