// Proxies: which connections go through an HTTP proxy (CONNECT), and what it wants to see for that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/url.hpp"

namespace md::net {

// What a proxy sees: the name and port of the venue, and the bytes of TLS between it and us. The
// venue's certificate is checked as without it.
struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string credentials;  // "user:password"; empty = none. In no message and no log.

  // "host:port", without the credentials.
  std::string text() const;
};

class Proxies {
 public:
  // Where a setting comes from: nullptr, or the text of the environment variable of that name.
  using Lookup = const char* (*)(const char* name);

  // None: everything is reached directly.
  Proxies() = default;

  // The proxy is `url`, "[http://]HOST[:PORT]", or without one that of https_proxy or HTTPS_PROXY,
  // which may hold credentials ("http://user:password@host:3128", %-escaped). `url` may not: a
  // command line is seen by all. `credentials_file` holds "user:password" on one line, and is used
  // instead of those of the environment. no_proxy or NO_PROXY lists hosts reached directly.
  // usage, config: what `url`, or the environment, cannot mean. not_found, permission, malformed:
  // the file.
  static Result<Proxies> create(const std::string& url, const std::string& credentials_file,
                                Lookup environment);

  // The proxy for `url`; nullptr = none. This machine is never reached through one.
  const Proxy* find(const Url& url) const;
  const std::optional<Proxy>& proxy() const { return proxy_; }

 private:
  struct Direct {
    std::string host;        // "*" = all; a name stands for those below it too
    std::uint16_t port = 0;  // 0 = any
  };

  std::optional<Proxy> proxy_;
  std::vector<Direct> direct_;
};

}  // namespace md::net
