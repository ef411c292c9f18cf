// Retry-After: what a server that refuses says about when to come back (RFC 9110, section 10.2.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace md::net {

// Seconds ("120") or an HTTP date ("Fri, 20 Nov 2026 10:32:49 GMT") as milliseconds from `now`: 0
// if it is over, a day at most. Nothing if the value is neither.
std::optional<std::int64_t> retry_after_ms(std::string_view value, Micros now);

}  // namespace md::net
