#include "codec/json_write.hpp"

namespace md::codec {
namespace {

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

}  // namespace

char* write_escaped(char* out, std::string_view text) {
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
