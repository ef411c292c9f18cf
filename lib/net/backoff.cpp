#include "net/backoff.hpp"

#include <algorithm>

namespace md::net {

std::int64_t Backoff::next_ms() {
  const std::int64_t step = step_ms_;
  step_ms_ = step > limit_ms_ / 2 ? limit_ms_ : step * 2;
  return std::uniform_int_distribution<std::int64_t>{step / 2, std::min(step, limit_ms_)}(random_);
}

}  // namespace md::net
