#include "base/time.hpp"

#include <chrono>
#include <cstring>

namespace md {
namespace {

// Days since the epoch of a civil date, and back (proleptic Gregorian), by the C++20 calendar.
std::int64_t days_from(int year, unsigned month, unsigned day) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}}
      .time_since_epoch()
      .count();
}

char* write_2(char* out, unsigned value) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
  return out + 2;
}

char* write_date(std::int64_t day, char* out) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  const int year = static_cast<int>(date.year());
  out = write_2(out, static_cast<unsigned>(year / 100));
  out = write_2(out, static_cast<unsigned>(year % 100));
  *out++ = '-';
  out = write_2(out, static_cast<unsigned>(date.month()));
  *out++ = '-';
  return write_2(out, static_cast<unsigned>(date.day()));
}

// `count` digits at `text` into value; false if there are others.
bool read_digits(const char* text, int count, unsigned& value) {
  unsigned sum = 0;
  for (int i = 0; i < count; ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - unsigned{'0'};
    if (digit > 9) return false;
    sum = sum * 10 + digit;
  }
  value = sum;
  return true;
}

// Two digits at `text`; false if there are others.
bool read_pair(const char* text, unsigned& value) {
  const unsigned tens = static_cast<unsigned char>(text[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(text[1]) - unsigned{'0'};
  value = tens * 10 + ones;
  return tens <= 9 && ones <= 9;
}

bool read_date(std::string_view text, std::int64_t& day) {
  unsigned year, month, dom;
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
  if (!read_digits(text.data(), 4, year) || !read_digits(text.data() + 5, 2, month) ||
      !read_digits(text.data() + 8, 2, dom)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{month}, std::chrono::day{dom}};
  if (!date.ok()) return false;
  day = days_from(static_cast<int>(year), month, dom);
  return true;
}

}  // namespace

char* write_iso(Micros time, char* out) noexcept {
  const std::int64_t day = day_of(time);
  // Lines of one second follow each other: the date's ten characters are worth keeping.
  thread_local std::int64_t last_day = INT64_MIN;
  thread_local char last_text[10];
  if (day != last_day) {
    write_date(day, last_text);
    last_day = day;
  }
  std::memcpy(out, last_text, 10);
  const std::int64_t in_day = time - day * kDay;
  const auto seconds = static_cast<unsigned>(in_day / kSecond);
  const auto micros = static_cast<unsigned>(in_day % kSecond);
  out[10] = 'T';
  write_2(out + 11, seconds / 3600);
  out[13] = ':';
  write_2(out + 14, seconds / 60 % 60);
  out[16] = ':';
  write_2(out + 17, seconds % 60);
  out[19] = '.';
  write_2(out + 20, micros / 10000);
  write_2(out + 22, micros / 100 % 100);
  write_2(out + 24, micros % 100);
  out[26] = 'Z';
  return out + kIsoLength;
}

std::string to_iso(Micros time) {
  char text[kIsoLength];
  write_iso(time, text);
  return {text, kIsoLength};
}

bool parse_iso(std::string_view text, Micros& out) noexcept {
  if (text.size() < 19 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':')
    return false;
  std::int64_t day;
  thread_local std::int64_t last_day = 0;
  thread_local char last_text[10] = {};
  if (std::memcmp(text.data(), last_text, 10) == 0) {
    day = last_day;
  } else {
    if (!read_date(text, day)) return false;
    last_day = day;
    std::memcpy(last_text, text.data(), 10);
  }
  unsigned hour, minute, second;
  if (!read_pair(text.data() + 11, hour) || !read_pair(text.data() + 14, minute) ||
      !read_pair(text.data() + 17, second) || hour > 23 || minute > 59 || second > 60) {
    return false;
  }
  Micros time = day * kDay + (hour * 3600 + minute * 60 + second) * kSecond;
  if (unsigned high, middle, low; text.size() == kIsoLength && text[19] == '.' && text[26] == 'Z' &&
                                  read_pair(text.data() + 20, high) &&
                                  read_pair(text.data() + 22, middle) &&
                                  read_pair(text.data() + 24, low)) {
    out = time + (high * 10000 + middle * 100 + low);  // our own form, and many venues'
    return true;
  }
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    Micros unit = kSecond / 10;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      time += (text[at] - '0') * unit;
      unit /= 10;
    }
    if (at == first) return false;
  }
  const std::string_view zone = text.substr(at);
  if (zone.empty() || zone == "Z") {
    out = time;
    return true;
  }
  unsigned zone_hours, zone_minutes;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' ||
      !read_digits(zone.data() + 1, 2, zone_hours) ||
      !read_digits(zone.data() + 4, 2, zone_minutes)) {
    return false;
  }
  const Micros offset = zone_hours * kHour + zone_minutes * kMinute;
  out = zone[0] == '+' ? time - offset : time + offset;
  return true;
}

Result<Micros> parse_iso(std::string_view text) {
  Micros time;
  if (!parse_iso(text, time))
    return Error{Errc::malformed, "not an ISO 8601 time: '" + std::string(text) + "'"};
  return time;
}

std::string date_text(std::int64_t day) {
  char text[10];
  write_date(day, text);
  return {text, sizeof text};
}

Result<std::int64_t> parse_date(std::string_view text) {
  std::int64_t day;
  if (text.size() != 10 || !read_date(text, day)) {
    return Error{Errc::malformed, "not a date (YYYY-MM-DD): '" + std::string(text) + "'"};
  }
  return day;
}

Result<Days> parse_month(std::string_view text) {
  unsigned year, month;
  if (text.size() != 7 || text[4] != '-' || !read_digits(text.data(), 4, year) ||
      !read_digits(text.data() + 5, 2, month) || month < 1 || month > 12) {
    return Error{Errc::malformed, "not a month (YYYY-MM): '" + std::string(text) + "'"};
  }
  const bool december = month == 12;
  return Days{days_from(static_cast<int>(year), month, 1),
              days_from(static_cast<int>(december ? year + 1 : year), december ? 1 : month + 1, 1)};
}

bool micros_from_number(std::int64_t number, Micros& out) noexcept {
  // Each unit's numbers between 1973 and 5138 do not overlap with the next unit's.
  if (number < 100'000'000) return false;
  if (number < 100'000'000'000) {
    out = number * kSecond;
  } else if (number < 100'000'000'000'000) {
    out = number * 1000;
  } else if (number < 100'000'000'000'000'000) {
    out = number;
  } else {
    out = number / 1000;
  }
  return true;
}

Micros now() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace md
