#include "sim/target.hpp"

#include "base/symbol.hpp"

namespace md::sim {
namespace {

std::string decoded(std::string_view text) {
  auto plain = percent_decode(text);
  return plain ? *std::move(plain) : std::string(text);
}

}  // namespace

std::optional<std::string_view> Target::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Target parse_target(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != text.npos && scheme < text.find('?')) {
    const auto path = text.find_first_of("/?", scheme + 3);
    text = path == text.npos ? std::string_view{} : text.substr(path);
  }
  Target target;
  const auto mark = text.find('?');
  std::string_view path = text.substr(0, mark);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  target.path = decoded(path);
  std::string_view query = mark == text.npos ? std::string_view{} : text.substr(mark + 1);
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == query.npos ? std::string_view{} : query.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    target.query.emplace_back(
        decoded(pair.substr(0, equals)),
        equals == pair.npos ? std::string{} : decoded(pair.substr(equals + 1)));
  }
  return target;
}

}  // namespace md::sim
