#include "net/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace md::net {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// "Fri, 20 Nov 2026 10:32:49 GMT", the one form that servers may send today.
std::optional<Micros> http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return {};
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  if (month == kMonths.end()) return {};
  const int number = static_cast<int>(month - kMonths.begin()) + 1;
  std::string iso{text.substr(12, 4)};
  iso += number < 10 ? "-0" : "-";
  iso += std::to_string(number);
  iso += '-';
  iso += text.substr(5, 2);
  iso += 'T';
  iso += text.substr(17, 8);
  Micros time = 0;
  if (!parse_iso(iso, time)) return {};
  return time;
}

}  // namespace

std::optional<std::int64_t> retry_after_ms(std::string_view value, Micros now) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc{} && end == value.data() + value.size()) {
    return std::clamp<std::int64_t>(seconds, 0, kDayMs / 1000) * 1000;
  }
  const std::optional<Micros> date = http_date(value);
  if (!date) return {};
  return std::clamp<std::int64_t>((*date - now) / 1000, 0, kDayMs);
}

}  // namespace md::net
