// Budget: what a host bears of REST requests, and what of it is spent.
//
// A request counts from being asked until a window of time after its answer: so in any window of
// the venue's, wherever it begins, no more is counted than what is allowed here. What the venue
// says to have counted corrects this upward only. A part of the limit stays free, more after a
// refusal.
//
// Pure: times come from the caller, in milliseconds of any clock that never goes back.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "net/rate_limiter.hpp"
#include "net/url.hpp"
#include "venue/venue.hpp"

namespace md::record {

class Budget {
 public:
  // Of which interval and weights count.
  explicit Budget(const venue::Limits& limits);

  // How long a request of this weight must wait before it may be asked; 0 = now. Longer than an
  // empty window bears: it is asked alone.
  std::int64_t wait_ms(std::int64_t now_ms, std::int64_t weight) const;
  // It is asked.
  void asked(std::int64_t now_ms, std::int64_t weight);
  // It is over. `used`: what the venue has counted in its window so far; negative = it did not say.
  void answered(std::int64_t now_ms, std::int64_t weight, std::int64_t used);
  // The answer was a refusal: nothing is asked for `hold_ms`. `banned`: it was more than a word of
  // warning.
  void refused(std::int64_t now_ms, std::int64_t hold_ms, bool banned);
  // Nobody was there: nothing is asked for `hold_ms`.
  void failed(std::int64_t now_ms, std::int64_t hold_ms);
  void went_well() { careful_ = false; }

  // After trouble requests are better asked one at a time, until one goes well.
  bool careful() const { return careful_; }
  std::int64_t spent(std::int64_t now_ms) const;
  std::uint64_t refusals() const { return refusals_; }
  std::uint64_t bans() const { return bans_; }

 private:
  struct Entry {
    std::int64_t until_ms, weight;
  };

  std::int64_t allowed() const { return weight_ * share_ / 100; }
  void forget_past(std::int64_t now_ms);

  std::int64_t weight_, window_ms_;
  net::RateLimiter pace_;
  std::deque<Entry> entries_;  // answered; in the order of their ends
  std::int64_t under_way_ = 0;
  int share_;  // per cent of the limit that is spent
  std::int64_t share_since_ms_ = 0;
  bool careful_ = false;
  std::uint64_t refusals_ = 0;
  std::uint64_t bans_ = 0;
};

// The budgets of all hosts that a process asks: what speaks to the same host shares one. They live
// as long as this. Of one thread, as the loop is.
class Budgets {
 public:
  // The first who asks for a host says what it bears.
  Budget& of(const net::Url& host, const venue::Limits& limits) {
    return budgets_.try_emplace(host.authority(), limits).first->second;
  }

 private:
  std::map<std::string, Budget> budgets_;
};

}  // namespace md::record
