// WebSocket: one connection to a venue, from the resolver to the closing handshake.
#pragma once

#include <cstddef>
#include <cstdint>
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

class WebSocket {
 public:
  struct Options {
    // A longer one ends the connection: one frame as soon as its head is read, before its content.
    std::size_t max_message = std::size_t{64} << 20;
    std::int64_t connect_timeout_ms = 10'000;    // resolver, TCP, proxy and TLS
    std::int64_t handshake_timeout_ms = 10'000;  // the HTTP upgrade behind it
    // Nothing received for this long, a pong to our ping included: the connection is dead. 0 =
    // never.
    std::int64_t silence_ms = 60'000;
    std::string user_agent = "mdtools";
    std::vector<std::pair<std::string, std::string>> fields = {};  // more of the handshake's
    Proxies proxies = {};
    // Offers permessage-deflate (RFC 7692): less traffic for more work. Of what we send nothing is
    // compressed. Beside the message less than 200 KB a connection; max_message is of what is
    // inflated.
    bool deflate = false;
    std::string local_address = {};  // an address of this host to connect from; empty = any
  };

  struct Message {
    std::string_view data;  // followed by codec::kPadding readable bytes; valid during the call
    bool binary = false;
    Micros received = 0;  // when it was complete
  };

  // Why it ended.
  struct End {
    std::string reason;           // a sentence
    bool opened = false;          // on_open() was called before
    bool closed_by_peer = false;  // with a close frame, as the protocol wants it
    int close_code = 0;           // of that frame
    int http_status = 0;          // of a refused upgrade
    std::optional<std::int64_t> retry_after_ms = {};  // what that refusal asked for
  };

  // Called from the loop; each may destroy the WebSocket.
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void on_open() = 0;
    virtual void on_message(const Message& message) = 0;
    // The last call, once, whether it ever opened or not.
    virtual void on_end(const End& end) = 0;
  };

  // Begins to connect. `handler` must outlive this object or its on_end().
  WebSocket(Loop& loop, const Tls& tls, const Url& url, const Options& options, Handler& handler);
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;
  // Drops the connection without a word; nothing is called any more.
  ~WebSocket();

  // Queues a text frame; only while open. A peer that does not read a MiB of them ends the
  // connection.
  void send(std::string_view text);
  // Says goodbye; on_end() follows within a second. Messages may still arrive until then.
  void close();
  // Stops and resumes reading: the kernel's buffers fill and the venue has to wait. One message may
  // still arrive.
  void pause();
  void resume();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace md::net
