// A server on 127.0.0.1 for tests of what connects: WebSocket and HTTP on one port, each connection
// a thread that runs the test's script with blocking calls.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace md::test {

// The server's end of a WebSocket. Once the client is gone send() does nothing and receive() gives
// nothing.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual const std::string& target() const = 0;
  virtual std::string field(std::string_view name) const = 0;  // of the handshake
  virtual std::string source() const = 0;                      // the client's address
  virtual void send(std::string_view text) = 0;
  virtual void send_binary(std::string_view bytes) = 0;
  virtual std::optional<std::string> receive() = 0;
  // Bytes as they are, instead of a message; false once the client is gone.
  virtual bool send_raw(std::string_view bytes) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  // The TCP connection ends, without a close frame.
  virtual void drop() = 0;
  // Neither reads nor writes until the server is destroyed.
  virtual void play_dead() = 0;
};

struct HttpAnswer {
  int status = 200;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool close = false;  // the connection, after this answer, without a word about it
};

class LoopbackServer {
 public:
  struct Script {
    std::function<void(Peer&)> socket = {};  // unset: upgrades are answered by `http`
    // The target, behind a POST's a blank and its body; unset: 404.
    std::function<HttpAnswer(const std::string& asked)> http = {};
    std::string certificate = {};  // PEM files; empty = no TLS
    std::string key = {};
    int newest_tls = 0;    // TLS1_1_VERSION: nothing newer; 0 = no limit
    bool deflate = false;  // takes permessage-deflate, if it is offered
  };

  // port 0 = any free one.
  explicit LoopbackServer(Script script, std::uint16_t port = 0);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  // Ends all connections and waits for their scripts.
  ~LoopbackServer();

  std::uint16_t port() const;
  std::string ws_url(std::string_view host = "127.0.0.1") const;
  std::string http_url(std::string_view host = "127.0.0.1") const;
  int accepted() const;  // TCP connections so far
  // What the last TLS client asked for (SNI); empty = nothing.
  std::string server_name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::test
