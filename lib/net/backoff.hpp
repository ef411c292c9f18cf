// Backoff: how long to wait before trying again.
#pragma once

#include <cstdint>
#include <random>

namespace md::net {

// Delays grow from `first` to `limit`, doubling, each drawn from the upper half of its step: many
// connections that fell together do not come back together. Pure: the seed decides.
class Backoff {
 public:
  Backoff(std::int64_t first_ms, std::int64_t limit_ms, std::uint64_t seed)
      : first_ms_(first_ms), limit_ms_(limit_ms), step_ms_(first_ms), random_(seed) {}

  // The next delay: between step/2 and step, the step doubling up to the limit.
  std::int64_t next_ms();
  // Things went well: begin again with the first step.
  void reset() { step_ms_ = first_ms_; }

 private:
  std::int64_t first_ms_;
  std::int64_t limit_ms_;
  std::int64_t step_ms_;
  std::mt19937_64 random_;
};

}  // namespace md::net
