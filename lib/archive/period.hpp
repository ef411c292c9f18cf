// Period: what an archive is of: a UTC month or day.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace md::archive {

// Events with from <= timestamp < to.
struct Period {
  std::string name;  // "2026-11" or "2026-11-20"
  Micros from = 0;
  Micros to = 0;

  bool holds(Micros timestamp) const { return timestamp >= from && timestamp < to; }
  bool is_day() const { return to - from == kDay; }
};

// Errors: malformed, with the text.
Result<Period> month_period(std::string_view month);  // "YYYY-MM"
Result<Period> day_period(std::string_view day);      // "YYYY-MM-DD"
Result<Period> parse_period(std::string_view name);   // either

// "YYYY-MM-DD", its midnight, or an ISO 8601 time; UTC. Errors: usage, with the name of the option.
Result<Micros> parse_moment(std::string_view option, std::string_view text);

}  // namespace md::archive
