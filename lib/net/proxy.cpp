#include "net/proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/symbol.hpp"
#include "codec/file.hpp"

namespace md::net {
namespace {

constexpr std::uint16_t kDefaultPort = 80;
constexpr std::size_t kMaxCredentials = 4096;

bool unprintable(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return {};
    plain += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
    i += 2;
  }
  return plain;
}

std::string_view first_set(Proxies::Lookup environment, const char* lower, const char* upper) {
  for (const char* name : {lower, upper}) {
    const char* text = environment(name);
    if (text != nullptr && *text != '\0') return trimmed(text);
  }
  return {};
}

// What is wrong is told without the text: it may hold a password.
Result<Proxy> parse(std::string_view text, std::string_view source, Errc code) {
  const auto bad = [&](std::string_view why) {
    return Error{code, fmt::format("{}: {}", source, why)};
  };
  if (std::any_of(text.begin(), text.end(), [](char c) { return unprintable(c) || c == ' '; }))
    return bad("a blank or a control character");
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    if (to_lower(text.substr(0, scheme)) != "http")
      return bad("only proxies of the kind http://HOST[:PORT] are spoken to");
    text.remove_prefix(scheme + 3);
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  if (text.find_first_of("/?#") != std::string_view::npos)
    return bad("a proxy has no path: expected http://HOST[:PORT]");
  Proxy proxy;
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const auto credentials = unescaped(text.substr(0, at));
    if (!credentials) return bad("'%' in the user name or password wants two hexadecimal digits");
    if (std::any_of(credentials->begin(), credentials->end(), unprintable))
      return bad("a control character in the user name or password");
    proxy.credentials = *credentials;
    if (proxy.credentials.find(':') == std::string::npos) proxy.credentials += ':';
    text.remove_prefix(at + 1);
  }
  auto authority = Authority::parse(text, kDefaultPort);
  if (!authority) return bad(authority.error().message);
  proxy.host = authority->host;
  proxy.port = authority->port;
  return proxy;
}

Result<std::string> read_credentials(const std::string& path) {
  MD_TRY(const std::string text, codec::read_file(path, kMaxCredentials));
  const std::string_view line = trimmed(text);
  if (line.find(':') == std::string_view::npos ||
      std::any_of(line.begin(), line.end(), unprintable)) {
    return Error{Errc::malformed, fmt::format("'{}' is not one line 'user:password'", path)};
  }
  return std::string{line};
}

bool same_or_below(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

}  // namespace

std::string Proxy::text() const {
  return fmt::format("{}:{}", host.find(':') == std::string::npos ? host : "[" + host + "]", port);
}

Result<Proxies> Proxies::create(const std::string& url, const std::string& credentials_file,
                                Lookup environment) {
  Proxies proxies;
  if (!url.empty()) {
    if (url.find('@') != std::string::npos) {
      return Error{
          Errc::usage,
          "--proxy: user names and passwords are taken from HTTPS_PROXY or --proxy-auth only"};
    }
    MD_TRY(proxies.proxy_, parse(url, "--proxy", Errc::usage));
  } else if (const auto text = first_set(environment, "https_proxy", "HTTPS_PROXY");
             !text.empty()) {
    MD_TRY(proxies.proxy_, parse(text, "HTTPS_PROXY", Errc::config));
  }
  if (!credentials_file.empty()) {
    if (!proxies.proxy_)
      return Error{Errc::usage, "--proxy-auth is for a proxy, and none is named"};
    MD_TRY(proxies.proxy_->credentials, read_credentials(credentials_file));
  }

  std::string_view rest = first_set(environment, "no_proxy", "NO_PROXY");
  while (proxies.proxy_ && !rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view entry = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (entry.starts_with('.')) entry.remove_prefix(1);
    // An IPv6 address stands there with brackets or without.
    if (std::count(entry.begin(), entry.end(), ':') > 1 && !entry.starts_with('[')) {
      proxies.direct_.push_back({to_lower(entry), 0});
      continue;
    }
    // What cannot be a host, such as a network, is for other programs that read this variable.
    if (const auto authority = Authority::parse(entry, 0))
      proxies.direct_.push_back({authority->host, authority->port});
  }
  return proxies;
}

const Proxy* Proxies::find(const Url& url) const {
  if (!proxy_ || url.loopback()) return nullptr;
  for (const Direct& direct : direct_) {
    if (direct.port != 0 && direct.port != url.port) continue;
    if (direct.host == "*" || same_or_below(url.host, direct.host)) return nullptr;
  }
  return &*proxy_;
}

}  // namespace md::net
