// Quota: so much in so long a time, as venues limit their clients.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace md {

struct Quota {
  std::int64_t most = 0;  // 0 = without limit
  Micros window = 0;
};

// Reads "6000/60": so much in so many seconds (fractions allowed, a day at most). Errors: usage.
Result<Quota> parse_quota(std::string_view text);

}  // namespace md
