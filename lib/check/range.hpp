// Range: a span of event times, and its parts.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/pg_binary.hpp"

namespace md::check {

// from <= timestamp < to
struct Range {
  Micros from = 0;
  Micros to = 0;
  bool holds(Micros time) const { return from <= time && time < to; }
  friend bool operator==(const Range&, const Range&) = default;
};

// All times that an event can have.
constexpr Range kAllTimes{store::kFirstTime, store::kLastTime + 1};

// From what a user typed: "YYYY-MM-DD" (its first moment, UTC) or ISO 8601; "" is no bound. usage
// if one is neither, or if nothing can lie between them.
Result<Range> parse_range(const std::string& from, const std::string& to);

// Whether it begins and ends between two UTC days.
bool whole_days(const Range& range);

// The UTC months of the years that have partitions of days, and those before and after, each in one
// piece.
std::vector<Range> months(const Range& range);

}  // namespace md::check
