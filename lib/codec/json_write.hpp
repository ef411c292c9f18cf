// Pieces of JSON text, for the writers of this layer.
#pragma once

#include <cstring>
#include <string_view>

#include "base/buffer.hpp"
#include "base/decimal.hpp"
#include "base/time.hpp"

namespace md::codec {

// Most bytes write_escaped() needs for a text.
constexpr std::size_t escaped_size(std::size_t size) { return 6 * size; }

inline char* write_text(char* out, std::string_view text) {
  if (text.empty()) return out;  // its data() may be null
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// The inside of a JSON string: quotes, backslashes and control characters escaped.
char* write_escaped(char* out, std::string_view text);

inline char* write_integer(char* out, std::int64_t value) { return Decimal{value, 0}.write(out); }

}  // namespace md::codec
