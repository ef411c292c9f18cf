// URLs of venues: ws, wss, http and https, and nothing fancier.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace md::net {

// "HOST[:PORT]", as it stands in a URL.
struct Authority {
  std::string host;  // lower case, without the brackets of an IPv6 address
  std::uint16_t port = 0;

  // usage: no host, or a bad port. The message does not repeat the text.
  static Result<Authority> parse(std::string_view text, std::uint16_t default_port);
};

struct Url {
  std::string scheme;      // ws, wss, http or https
  std::string host;        // lower case, without the brackets of an IPv6 address
  std::uint16_t port = 0;  // the scheme's own if the text names none
  std::string target;      // path and query: at least "/"

  // usage: another scheme, no host, a bad port, a user name or a fragment, a blank or control
  // character (one in a target could smuggle in a header), or a scheme without TLS for a host that
  // is not this one.
  static Result<Url> parse(std::string_view text);

  bool secure() const { return scheme == "wss" || scheme == "https"; }
  // 127.0.0.0/8, ::1 and localhost: the only hosts that may be spoken to without TLS.
  bool loopback() const;
  // "host", "host:port" if the port is not the scheme's own; what a Host header carries.
  std::string authority() const;
  std::string origin() const { return scheme + "://" + authority(); }
  std::string text() const { return origin() + target; }
};

// `url` with scheme, host and port of `origin`; path and query stay.
Url with_origin(const Url& url, const Url& origin);

}  // namespace md::net
