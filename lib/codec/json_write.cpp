#include "codec/json_write.hpp"

#include <array>

namespace md::codec {
namespace {

constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < plain.size(); ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

}  // namespace

char* write_escaped(char* out, std::string_view text) {
  // Nearly every text is plain.
  bool plain = true;
  for (const char c : text) plain &= is_plain(c);
  if (plain) return write_text(out, text);
  constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    if (is_plain(c)) {
      *out++ = c;
      continue;
    }
    *out++ = '\\';
    switch (c) {
      case '"':
      case '\\':
        *out++ = c;
        break;
      case '\n':
        *out++ = 'n';
        break;
      case '\r':
        *out++ = 'r';
        break;
      case '\t':
        *out++ = 't';
        break;
      default:
        out = write_text(out, "u00");
        *out++ = kHex[static_cast<unsigned char>(c) >> 4];
        *out++ = kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace md::codec
