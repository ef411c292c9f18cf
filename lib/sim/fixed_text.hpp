// Decimals of a known number of digits as text, with their trailing zeros, as venues send them.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/buffer.hpp"

namespace md::sim {

// Value * 10^-digits, followed by `zeros` zeros: (-, 123456, 2, 6) is "1234.56000000". value >= 0,
// digits >= 0.
inline void append_fixed(Buffer& out, std::int64_t value, int digits, int zeros = 0) {
  constexpr int kRoom = 48;
  char text[kRoom];
  char* at = text + kRoom;
  for (int i = 0; i < zeros; ++i) *--at = '0';
  auto rest = static_cast<std::uint64_t>(value);
  for (int i = 0; i < digits; ++i, rest /= 10) *--at = static_cast<char>('0' + rest % 10);
  if (digits + zeros > 0) *--at = '.';
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  out.append({at, static_cast<std::size_t>(text + kRoom - at)});
}

inline void append_integer(Buffer& out, std::int64_t value) { append_fixed(out, value, 0); }

}  // namespace md::sim
