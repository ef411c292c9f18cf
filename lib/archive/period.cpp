#include "archive/period.hpp"

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

}  // namespace md::archive
