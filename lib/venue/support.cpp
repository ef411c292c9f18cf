#include "venue/support.hpp"

#include <fmt/format.h>

namespace md::venue {

Error malformed(std::string_view venue, std::string_view what) {
  return Error{Errc::malformed, fmt::format("{}: {}", venue, what)};
}

std::string_view query_value(std::string_view url, std::string_view name) {
  std::size_t at = url.find('?');
  while (at != std::string_view::npos) {
    std::string_view rest = url.substr(at + 1);
    at = url.find('&', at + 1);
    if (rest.size() > name.size() && rest.starts_with(name) && rest[name.size()] == '=') {
      rest.remove_prefix(name.size() + 1);
      return rest.substr(0, rest.find('&'));
    }
  }
  return {};
}

std::string_view url_path(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    const std::size_t slash = url.find('/', scheme + 3);
    url = slash == std::string_view::npos ? std::string_view{} : url.substr(slash);
  }
  return url.substr(0, url.find('?'));
}

std::string_view last_component(std::string_view url) {
  std::string_view path = url_path(url);
  if (path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

std::string json_list(std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ',';
    out += '"';
    for (const char c : name) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out;
}

}  // namespace md::venue
