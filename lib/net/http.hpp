// HttpClient: requests to one server, over a connection that is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "net/loop.hpp"
#include "net/proxy.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace md::net {

struct HttpReply {
  int status = 0;
  std::optional<std::int64_t> retry_after_ms;  // Retry-After, if the server sent one
  Micros received = 0;                         // when the whole answer was there
  std::string body;                            // the content, then codec::kPadding zero bytes
  std::size_t size = 0;                        // of the content
  std::vector<std::pair<std::string, std::string>> fields;  // of the header, as sent

  std::string_view data() const { return std::string_view{body}.substr(0, size); }
  bool ok() const { return status >= 200 && status < 300; }
  // The header's field of this name, in any case; empty = it has none.
  std::string_view field(std::string_view name) const;
};

// A question to a server: GET, or POST of a JSON text.
struct HttpRequest {
  Url url;
  std::string json;  // empty = GET

  // The URL alone, or "POST <URL> <JSON>".
  std::string text() const { return json.empty() ? url.text() : "POST " + url.text() + " " + json; }
  friend bool operator==(const HttpRequest& a, const HttpRequest& b) {
    return a.text() == b.text();
  }
};

class HttpClient {
 public:
  struct Options {
    std::int64_t connect_timeout_ms = 10'000;
    std::int64_t timeout_ms = 30'000;              // from the request sent to the whole answer
    std::size_t max_body = std::size_t{64} << 20;  // a longer answer is an error
    std::string user_agent = "mdtools";
    std::vector<std::pair<std::string, std::string>> fields = {};  // more of each request's
    Proxies proxies = {};
    std::string local_address = {};  // an address of this host to connect from; empty = any
  };
  using Done = std::function<void(Result<HttpReply>)>;

  // `origin`: its path is not used.
  HttpClient(Loop& loop, const Tls& tls, const Url& origin, const Options& options);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  // An answer still awaited is given up; nothing is called any more.
  ~HttpClient();

  // Asks for `target` (path and query), or posts `json` to it; one request at a time. `done` is
  // called once, from the loop, and may begin the next request or destroy the client. Any status is
  // an answer; redirects are not followed. Errors: unavailable.
  void get(std::string_view target, Done done);
  void post(std::string_view target, std::string_view json, Done done);
  bool busy() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace md::net
