// Pace: from the time of a recording or a market to the time of the one who serves it.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace md::sim {

struct Pace {
  // Times as fast as the original; nothing = as fast as the client reads.
  std::optional<double> speed = 1.0;

  // When something is due that comes `elapsed` after the beginning.
  Micros due(Micros began, Micros elapsed) const {
    return speed ? began + static_cast<Micros>(static_cast<double>(elapsed) / *speed) : began;
  }
};

// "max" or a positive number. Errors: usage.
Result<Pace> parse_pace(std::string_view text);

}  // namespace md::sim
