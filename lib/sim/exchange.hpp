// Exchange: what a server serves, without the server. No socket, no clock, no thread: whoever
// drives it (server.hpp, or a test) hands in the time, as microseconds of a steady clock with any
// origin.
//
// Everything that leaves for a client passes Client::next(). A Client that wraps another one can
// therefore drop, repeat, delay or damage frames, or close early, and neither the exchanges nor the
// server need to know: FaultyExchange (faulty.hpp) does that.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/buffer.hpp"
#include "base/time.hpp"
#include "model/event.hpp"

namespace md::sim {

struct HttpAnswer {
  int status = 200;
  std::string body;                                              // JSON
  std::int64_t retry_after_s = -1;                               // Retry-After; negative = none
  Micros delay = 0;                                              // before it is sent
  std::vector<std::pair<std::string, std::string>> fields = {};  // of the header, beside these
};

// What a connection does next.
struct Next {
  enum class Kind : std::uint8_t {
    frame,  // send the text that was written into the buffer
    wait,   // ask again at `until`, or when the client has said something
    close,  // close with `code` and `reason`; the connection is over
    cut,    // end the TCP connection as it is
    reset,  // the same, with a TCP reset
    hang,   // read and send nothing any more, and leave the TCP connection open
  };
  static constexpr Micros kForever = INT64_MAX;

  Kind kind = Kind::wait;
  Micros until = kForever;
  std::uint16_t code = 1000;
  std::string_view reason = {};   // valid as long as the client
  std::optional<Type> type = {};  // of the frame's stream; none: an answer or a heartbeat

  static Next frame(std::optional<Type> type = {}) { return {.kind = Kind::frame, .type = type}; }
  static Next wait(Micros until) { return {.kind = Kind::wait, .until = until}; }
  static Next close(std::uint16_t code, std::string_view reason) {
    return {.kind = Kind::close, .code = code, .reason = reason};
  }
};

// The server's end of one WebSocket connection. Must not outlive its Exchange.
class Client {
 public:
  virtual ~Client() = default;
  // The client sent a text frame.
  virtual void on_text(std::string_view text, Micros now) = 0;
  // Called when the connection can take a frame, which is then appended to `frame` (empty before).
  // Frames are asked for one at a time and at most one of them ahead, so a client that does not
  // read holds up itself.
  virtual Next next(Micros now, Buffer& frame) = 0;
  // What the venue sends before it closes a connection on its own account; empty = nothing.
  // `venue_time` is the venue's clock.
  virtual std::string shutdown_notice(Micros venue_time) const = 0;
};

class Exchange {
 public:
  virtual ~Exchange() = default;
  // GET of a path and query.
  virtual HttpAnswer get(std::string_view target, Micros now) = 0;
  // The same as it was answered before: with keep_past(), as it was so long ago or earlier (at the
  // beginning, if that is later).
  virtual HttpAnswer get_past(std::string_view target) = 0;
  virtual void keep_past(Micros age) { static_cast<void>(age); }
  // A WebSocket is asked for: the HTTP status that refuses it, or nothing to let it be.
  virtual std::optional<HttpAnswer> deny(std::string_view target, Micros now) {
    static_cast<void>(target), static_cast<void>(now);
    return std::nullopt;
  }
  // A WebSocket opened on a path and query; nullptr: there is none there.
  virtual std::unique_ptr<Client> connect(std::string_view target, Micros now) = 0;
  // Called a few times a second; false once there is nothing left to serve and the server may end.
  virtual bool tick(Micros now) = 0;
};

}  // namespace md::sim
