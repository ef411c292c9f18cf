// RateLimiter: at most one action in an interval, and none while a venue told us to wait.
#pragma once

#include <algorithm>
#include <cstdint>

namespace md::net {

// Pure: times come from the caller, in milliseconds of any clock that never goes back.
class RateLimiter {
 public:
  explicit RateLimiter(std::int64_t interval_ms) : interval_ms_(interval_ms) {}

  // How long to wait at `now_ms` before the next action; 0 = it may be done now.
  std::int64_t wait_ms(std::int64_t now_ms) const {
    return std::max<std::int64_t>(0, next_ms_ - now_ms);
  }
  // The action is done at `now_ms`.
  void done(std::int64_t now_ms) { next_ms_ = std::max(next_ms_, now_ms + interval_ms_); }
  // Nothing before `time_ms` (Retry-After).
  void hold_until(std::int64_t time_ms) { next_ms_ = std::max(next_ms_, time_ms); }

 private:
  std::int64_t interval_ms_;
  std::int64_t next_ms_ = INT64_MIN / 2;
};

}  // namespace md::net
