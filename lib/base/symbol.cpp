#include "base/symbol.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"

namespace md {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return out;
}

std::string symbol_key(std::string_view symbol) {
  std::string out;
  for (char c : to_lower(symbol)) {
    if (c != '-' && c != '/' && c != '_' && c != ':' && c != ' ') out += c;
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const bool only_dots = text == "." || text == "..";
  std::string out;
  for (char c : text) {
    if (is_unreserved(c) && !(only_dots && c == '.')) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return Error{Errc::malformed, "broken percent-encoding: '" + std::string(text) + "'"};
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string path_component(std::string_view text) {
  std::string name = percent_encode(text);
  if (name.size() <= kMaxComponent) return name;
  std::size_t end = kMaxComponent;
  const std::size_t escape = name.find('%', end - 2);  // not cut in two
  if (escape < end) end = escape;
  const Hash128 hash = hash128(text);
  name.resize(end);
  return name + fmt::format("~{:016x}{:016x}", hash.high, hash.low);
}

bool is_shortened(std::string_view component) { return component.size() > kMaxComponent; }

}  // namespace md
