// Server: an Exchange on a TCP port, REST and WebSocket alike, with or without TLS. One thread: the
// one that calls run().
//
// A request that asks for an upgrade becomes a WebSocket, any other GET a REST answer; HTTP
// connections are kept open. A frame goes out when the one before it is with the kernel, so nothing
// queues up here; frames that are due at the same time go out together, up to 64 KiB of them. A
// peer that shows no sign of life for 20 s is dropped (idle WebSockets are pinged).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sim/exchange.hpp"

namespace md::sim {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0 = any free one
  // PEM files; both or none.
  std::string certificate;
  std::string key;
};

// Reads "127.0.0.1:0", "localhost:8080", "[::1]:8080" into address and port. Errors: usage.
Result<void> parse_listen(std::string_view text, ServerOptions& out);

struct ServerState;

class Server {
 public:
  // Binds and listens. `exchange` must outlive the server. Errors: create (address in use or not
  // ours), permission, not_found (certificate or key missing), config (certificate or key not
  // usable).
  static Result<Server> listen(const ServerOptions& options, Exchange& exchange);

  Server(Server&&) noexcept;
  ~Server();

  // "ws://127.0.0.1:34567", or wss:// with TLS.
  std::string url() const;
  // Serves until the exchange has nothing left or `stop` is set; then closes what is still open
  // with 1001 and returns.
  Result<void> run(const std::atomic<bool>& stop);

 private:
  explicit Server(std::unique_ptr<ServerState> state);
  std::unique_ptr<ServerState> state_;
};

}  // namespace md::sim
