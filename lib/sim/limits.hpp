// LimitedExchange: another exchange that enforces limits, as venues do, and bans who goes on.
//
//   REST: each window of time bears a weight. Beyond, requests are answered 429 until the window
//     ends; who goes on nevertheless is banned: for two windows all requests are answered 418.
//   openings of WebSockets: the same, counted one by one.
//   messages: who sends more on a connection in a window is closed with 1008; who goes on with that
//     is banned from opening others.
//
// Everybody counts together, as from one address. Windows begin at multiples of their length.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/quota.hpp"
#include "sim/exchange.hpp"

namespace md::sim {

struct LimitOptions {
  Quota rest, connect, message;
  std::function<int(std::string_view target)> weight;  // of a request
  std::string used_field;  // of the header of answers: what was counted; empty = none
  // A client went too far: one line for people. May be empty.
  std::function<void(std::string_view)> on_offence;
};

// What passes in a window of time. Pure.
class LimitWindow {
 public:
  explicit LimitWindow(Quota limit) : limit_(limit) {}
  // So much came; false where that is too much, which counts nevertheless.
  bool add(std::int64_t amount, Micros now);
  std::int64_t used() const { return used_; }
  int refused() const { return refused_; }  // in this window
  Micros end() const { return began_ + limit_.window; }
  Micros length() const { return limit_.window; }

 private:
  Quota limit_;
  Micros began_ = 0;
  std::int64_t used_ = 0;
  int refused_ = 0;
};

class LimitedExchange final : public Exchange {
 public:
  // What is refused in one window before the ban.
  static constexpr int kPatience = 2;

  // `inner` outlives it.
  LimitedExchange(Exchange& inner, LimitOptions options);

  HttpAnswer get(std::string_view target, Micros now) override;
  HttpAnswer get_past(std::string_view target) override { return inner_.get_past(target); }
  void keep_past(Micros age) override { inner_.keep_past(age); }
  std::optional<HttpAnswer> deny(std::string_view target, Micros now) override;
  std::unique_ptr<Client> connect(std::string_view target, Micros now) override;
  bool tick(Micros now) override { return inner_.tick(now); }

  std::uint64_t refused() const { return refused_; }
  std::uint64_t bans() const { return bans_; }

 private:
  friend class LimitedClient;
  struct Guard {
    LimitWindow window;
    std::string_view what;
    Micros banned_until = 0;
  };
  // What a request or opening gets instead, if anything.
  std::optional<HttpAnswer> refuse(Guard& guard, std::int64_t amount, Micros now);
  void ban(Guard& guard, Micros until, std::string_view why);
  void closed_for_messages(Micros now);

  Exchange& inner_;
  LimitOptions options_;
  Guard rest_, connect_;
  LimitWindow closings_;  // of connections that sent too much
  std::uint64_t refused_ = 0;
  std::uint64_t bans_ = 0;
};

}  // namespace md::sim
