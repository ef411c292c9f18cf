// Time: microseconds since 1970-01-01T00:00:00Z, and its ISO 8601 text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace md {

using Micros = std::int64_t;  // since the epoch, UTC

constexpr Micros kSecond = 1'000'000;
constexpr Micros kMinute = 60 * kSecond;
constexpr Micros kHour = 60 * kMinute;
constexpr Micros kDay = 24 * kHour;

// "2026-11-20T10:32:49.669123Z": always this length, for years 0000 to 9999.
constexpr std::size_t kIsoLength = 27;
char* write_iso(Micros time, char* out) noexcept;  // gives the end, out + kIsoLength
std::string to_iso(Micros time);

// Reads "YYYY-MM-DDTHH:MM:SS" with an optional fraction (digits past the sixth are cut) and Z,
// +HH:MM or nothing (= UTC); a blank may stand for T.
Result<Micros> parse_iso(std::string_view text);
bool parse_iso(std::string_view text, Micros& out) noexcept;

// Days since the epoch; a date's text is "YYYY-MM-DD".
constexpr std::int64_t day_of(Micros time) {
  return time >= 0 ? time / kDay : -((-time + kDay - 1) / kDay);
}
std::string date_text(std::int64_t day);
Result<std::int64_t> parse_date(std::string_view text);

// First and one-past-last day of "YYYY-MM".
struct Days {
  std::int64_t first;
  std::int64_t end;
};
Result<Days> parse_month(std::string_view text);

// An integer or decimal number of seconds, milliseconds, microseconds or nanoseconds since 1970,
// its unit told by its magnitude (venues mix them); Errc::malformed if it is none.
bool micros_from_number(std::int64_t number, Micros& out) noexcept;

// The host's clock. The only place that reads it besides net and front.
Micros now();

}  // namespace md
