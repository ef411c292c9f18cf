#include "check/range.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace md::check {
namespace {

// Those that have partitions by day.
constexpr int kFirstYear = 2009;
constexpr int kEndYear = 2100;

Micros month_begin(int year, int month) {
  const auto days = parse_month(fmt::format("{:04}-{:02}", year, month));
  return days ? days->first * kDay : 0;
}

void add_part(std::vector<Range>& parts, const Range& range, Micros from, Micros to) {
  const Range part{std::max(range.from, from), std::min(range.to, to)};
  if (part.from < part.to) parts.push_back(part);
}

Result<Micros> parse_bound(const std::string& text, Micros none) {
  if (text.empty()) return none;
  if (const auto day = parse_date(text)) return *day * kDay;
  if (const auto time = parse_iso(text)) return *time;
  return Error{Errc::usage, fmt::format("'{}' is neither a date nor an ISO 8601 time", text)};
}

}  // namespace

Result<Range> parse_range(const std::string& from, const std::string& to) {
  Range range;
  MD_TRY(range.from, parse_bound(from, kAllTimes.from));
  MD_TRY(range.to, parse_bound(to, kAllTimes.to));
  if (range.from < range.to) return range;
  return Error{Errc::usage, fmt::format("nothing is between '{}' and '{}'", from, to)};
}

bool whole_days(const Range& range) { return range.from % kDay == 0 && range.to % kDay == 0; }

std::vector<Range> months(const Range& range) {
  std::vector<Range> parts;
  add_part(parts, range, kAllTimes.from, month_begin(kFirstYear, 1));
  for (int month = 0; month < (kEndYear - kFirstYear) * 12; ++month) {
    const int next = month + 1;
    add_part(parts, range, month_begin(kFirstYear + month / 12, month % 12 + 1),
             month_begin(kFirstYear + next / 12, next % 12 + 1));
  }
  add_part(parts, range, month_begin(kEndYear, 1), kAllTimes.to);
  return parts;
}

}  // namespace md::check
