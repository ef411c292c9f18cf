// Wire: the server's side of a venue's WebSocket protocol. Understands what clients ask for, and
// answers as the venue does; what the streams then carry is not its business.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "model/event.hpp"

namespace md::sim {

// What a client can ask for, in the terms of events.
struct Stream {
  Type type = Type::trade;
  std::string symbol;  // as in events; empty = all symbols
  int depth = 0;       // of a book, where the client can choose; 0 = all levels
  friend bool operator==(const Stream&, const Stream&) = default;
};

// What came of a client's message.
struct Talk {
  std::vector<Stream> subscribe;
  std::vector<Stream> unsubscribe;
  std::vector<std::string> answers;  // frames to send, in order, before the streams' frames
};

// State of one connection.
class Wire {
 public:
  virtual ~Wire() = default;
  // The connection opened on this path and query. False: the venue has no WebSocket there.
  virtual bool on_open(std::string_view target, Talk& out) = 0;
  // A text frame of the client's. What is not understood is answered as the venue does, or not at
  // all.
  virtual void on_text(std::string_view text, Talk& out) = 0;
  // The frame the venue sends when a subscribed connection had nothing else for
  // heartbeat_interval(); empty = none.
  virtual std::string_view heartbeat() const { return {}; }
  static constexpr Micros kHeartbeatInterval = kSecond;
  // The frame that announces that the venue will close the connection; empty = it has none.
  virtual std::string shutdown_notice(Micros venue_time) const {
    static_cast<void>(venue_time);
    return {};
  }
  // What a frame of the venue's belongs to, by its channel's name: for frames that say nothing an
  // adapter would record but that a client must see, such as trades sent again on subscribing.
  // `frame` has codec::kPadding readable bytes behind it.
  virtual std::optional<Stream> stream_of(std::string_view frame) {
    static_cast<void>(frame);
    return std::nullopt;
  }
};

// nullptr for a venue whose protocol is not spoken here. `symbols`: all that exist, to refuse
// others where the venue does; empty = all are accepted. They must outlive the wire.
std::unique_ptr<Wire> make_wire(std::string_view venue, std::span<const std::string> symbols = {});

}  // namespace md::sim
