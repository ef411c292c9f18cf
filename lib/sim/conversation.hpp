// Conversation: the part of a client that is the same whatever is served. Lets the venue's Wire
// answer, keeps the answers in order, tells the subscriptions, and waits a moment after them before
// the streams begin, since clients subscribe in several messages.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/exchange.hpp"
#include "sim/wire.hpp"

namespace md::sim {

class Conversation : public Client {
 public:
  // The streams begin when no further subscription came for this long, on top of the pause between
  // two messages that the venue asks for (venue::Limits).
  static constexpr Micros kQuiet = 150'000;
  // A client that sends on while this many answers wait for it is closed with 1008.
  static constexpr std::size_t kMostAnswers = 4096;

  // False: the venue has no WebSocket on this path and query.
  bool open(std::string_view target, Micros now);
  void on_text(std::string_view text, Micros now) final;
  Next next(Micros now, Buffer& frame) final;
  std::string shutdown_notice(Micros venue_time) const final {
    return wire_->shutdown_notice(venue_time);
  }

 protected:
  Conversation(std::unique_ptr<Wire> wire, std::int64_t send_interval_ms)
      : wire_(std::move(wire)), quiet_(kQuiet + send_interval_ms * 1000) {}

  virtual void enter(const Stream& stream) = 0;
  virtual void leave(const Stream& stream) = 0;
  // The streams' next frame. Asked once the streams may begin and nothing that was said waits.
  virtual Next next_frame(Micros now, Buffer& frame) = 0;

  // Sends a frame before anything of the streams that is not yet sent.
  void say(std::string frame, std::optional<Type> type = {}) {
    said_.push_back({std::move(frame), type});
  }
  bool subscribed() const { return subscribed_; }

 private:
  void take(Talk& talk, Micros now);

  std::unique_ptr<Wire> wire_;
  Micros quiet_;
  struct Said {
    std::string frame;
    std::optional<Type> type;
  };
  std::deque<Said> said_;
  bool flooded_ = false;
  bool subscribed_ = false;  // ever
  bool begun_ = false;
  Micros quiet_at_ = 0;
  Micros last_frame_ = 0;
};

}  // namespace md::sim
