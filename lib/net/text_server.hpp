// TextServer: answers GET requests with short texts, to whoever watches a program. Not for the
// world: no TLS, no keep-alive, no names.
//
// Bounded whatever clients do: so many at a time (the others wait in the kernel's queue), so long a
// request, so much time for each. Memory: a request and an answer a client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/loop.hpp"

namespace md::net {

class TextServer {
 public:
  struct Options {
    std::size_t max_clients = 16;
    std::size_t max_request = 8192;  // bytes, up to the end of the header
    std::int64_t timeout_ms = 5000;  // from accepted to answered
    std::string content_type = "text/plain; charset=utf-8";
  };
  // The text at a path, which begins with '/' and has no query; nothing = 404. Called from the
  // loop.
  using Page = std::function<std::optional<std::string>(std::string_view path)>;

  // `address`: "PORT" on 127.0.0.1, "HOST:PORT" or "[HOST]:PORT" with a numeric host or
  // "localhost"; port 0 = any free one. The loop outlives the server. Errors: usage (the address is
  // none), permission, create (in use).
  static Result<std::unique_ptr<TextServer>> listen(Loop& loop, std::string_view address, Page page,
                                                    const Options& options);
  TextServer(const TextServer&) = delete;
  TextServer& operator=(const TextServer&) = delete;
  // Ends all connections.
  ~TextServer();

  std::string url() const;  // "http://127.0.0.1:9100", with the port it got

 private:
  struct State;
  explicit TextServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace md::net
