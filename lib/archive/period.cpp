#include "archive/period.hpp"

#include <fmt/format.h>

namespace md::archive {
namespace {

constexpr std::size_t kDayLength = 10;

}  // namespace

Result<Period> month_period(std::string_view month) {
  MD_TRY(const Days days, parse_month(month));
  return Period{std::string{month}, days.first * kDay, days.end * kDay};
}

Result<Period> day_period(std::string_view day) {
  MD_TRY(const std::int64_t number, parse_date(day));
  return Period{std::string{day}, number * kDay, (number + 1) * kDay};
}

Result<Period> parse_period(std::string_view name) {
  return name.size() == kDayLength ? day_period(name) : month_period(name);
}

Result<Micros> parse_moment(std::string_view option, std::string_view text) {
  Micros time = 0;
  if (const auto day = parse_date(text); day) return *day * kDay;
  if (parse_iso(text, time)) return time;
  return Error{
      Errc::usage,
      fmt::format("{}: neither a date (YYYY-MM-DD) nor a time (ISO 8601): '{}'", option, text),
      {},
      0,
      0};
}

}  // namespace md::archive
