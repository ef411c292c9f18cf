#include "net/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/symbol.hpp"

namespace md::net {
namespace {

std::uint16_t default_port(std::string_view scheme) {
  return scheme == "wss" || scheme == "https" ? 443 : 80;
}

Error bad(std::string_view text, std::string_view why) {
  return {Errc::usage, fmt::format("bad URL '{}': {}", text, why)};
}

bool is_ipv4_loopback(std::string_view host) {
  if (!host.starts_with("127.")) return false;
  // A name such as 127.example.com is not an address.
  int dots = 0;
  for (const char c : host) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3;
}

}  // namespace

Result<Authority> Authority::parse(std::string_view text, std::uint16_t default_port) {
  Authority authority;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return Error{Errc::usage, "']' is missing"};
    authority.host = to_lower(text.substr(1, end - 1));
    const std::string_view behind = text.substr(end + 1);
    has_port = behind.starts_with(':');
    if (!behind.empty() && !has_port) return Error{Errc::usage, "expected ':PORT' after ']'"};
    if (has_port) port = behind.substr(1);
  } else {
    const std::size_t separator = text.find(':');
    has_port = separator != std::string_view::npos;
    authority.host = to_lower(text.substr(0, separator));
    if (has_port) port = text.substr(separator + 1);
  }
  if (authority.host.empty()) return Error{Errc::usage, "it names no host"};
  authority.port = default_port;
  if (has_port) {
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), authority.port);
    if (error != std::errc{} || end != port.data() + port.size() || authority.port == 0)
      return Error{Errc::usage, "the port is not a number from 1 to 65535"};
  }
  return authority;
}

Result<Url> Url::parse(std::string_view text) {
  const auto unprintable = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
  };
  if (std::any_of(text.begin(), text.end(), unprintable)) {
    return bad("...", "it holds a blank or a control character");
  }
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return bad(text, "expected wss://HOST or https://HOST");
  Url url;
  url.scheme = to_lower(text.substr(0, colon));
  if (url.scheme != "ws" && url.scheme != "wss" && url.scheme != "http" && url.scheme != "https") {
    return bad(text, "the scheme is none of wss, https, ws, http");
  }
  if (text.find('#') != std::string_view::npos) return bad(text, "a fragment has no meaning here");

  std::string_view rest = text.substr(colon + 3);
  const std::size_t path = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, path);
  if (path != std::string_view::npos) url.target = rest.substr(path);
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, 1, '/');

  // Not quoted back: what stands before '@' may be a secret.
  if (authority.find('@') != std::string_view::npos) return bad("...", "user names are not taken");
  const auto parsed = Authority::parse(authority, default_port(url.scheme));
  if (!parsed) return bad(text, parsed.error().message);
  url.host = parsed->host;
  url.port = parsed->port;
  if (!url.secure() && !url.loopback()) {
    return bad(text,
               "without TLS only hosts of this machine are spoken to; use wss:// or https://");
  }
  return url;
}

bool Url::loopback() const {
  return host == "localhost" || host == "::1" || is_ipv4_loopback(host);
}

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port(scheme)) text += fmt::format(":{}", port);
  return text;
}

Url with_origin(const Url& url, const Url& origin) {
  Url moved = origin;
  moved.target = url.target;
  return moved;
}

}  // namespace md::net
