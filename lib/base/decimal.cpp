#include "base/decimal.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace md {
namespace {

constexpr auto kPowers = [] {
  std::array<UInt128, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

UInt128 magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

// The eight decimal digits of a value below 10^8, one a byte, the first in the lowest: split into
// fours, pairs and digits, all lanes at once, since a division a digit would be most of the time
// spent on a number.
std::uint64_t to_eight_digits(std::uint64_t value) {
  const std::uint64_t high = value / 10'000;
  const std::uint64_t fours = high | (value - high * 10'000) << 32;
  const std::uint64_t hundreds = ((fours * 10'486) >> 20) & 0x0000007F0000007F;  // fours / 100
  const std::uint64_t pairs = hundreds | (fours - hundreds * 100) << 16;
  const std::uint64_t tens = ((pairs * 103) >> 10) & 0x000F000F000F000F;  // pairs / 10
  return tens | (pairs - tens * 10) << 8;
}

void store_digits(char* out, std::uint64_t digits) {
  digits |= 0x3030303030303030;
  std::memcpy(out, &digits, sizeof digits);
}

// `value` without leading zeros; gives the end. Up to eight bytes behind it are overwritten.
char* write_whole(char* out, std::uint64_t value) {
  if (value < 10) {
    *out = static_cast<char>('0' + value);
    return out + 1;
  }
  if (value < 100'000'000) {
    const std::uint64_t digits = to_eight_digits(value);
    const int leading = std::countr_zero(digits | std::uint64_t{1} << 63) / 8;  // 7 at most
    store_digits(out, digits >> (8 * leading));
    return out + 8 - leading;
  }
  const std::uint64_t rest = value / 100'000'000;
  out = write_whole(out, rest);
  store_digits(out, to_eight_digits(value - rest * 100'000'000));
  return out + 8;
}

// `scale` digits of a fraction that is not zero, without trailing zeros; gives the end. Up to eight
// bytes behind it are overwritten.
char* write_fraction(char* out, std::uint64_t fraction, int scale) {
  for (; scale > 8; scale -= 8) {
    const std::uint64_t unit = detail::kPowersOfTen[static_cast<std::size_t>(scale - 8)];
    const std::uint64_t eight = fraction / unit;
    fraction -= eight * unit;
    const std::uint64_t digits = to_eight_digits(eight);
    store_digits(out, digits);
    if (fraction == 0) return out + 8 - std::countl_zero(digits) / 8;
    out += 8;
  }
  const std::uint64_t digits =
      to_eight_digits(fraction * detail::kPowersOfTen[static_cast<std::size_t>(8 - scale)]);
  store_digits(out, digits);
  return out + 8 - std::countl_zero(digits) / 8;
}

// Digits of `value` so that they end at `end`; gives their begin. Zero gives no digit.
char* digits_before(char* end, std::uint64_t value) {
  for (; value != 0; value /= 10) *--end = static_cast<char>('0' + value % 10);
  return end;
}

char* digits_before(char* end, UInt128 value) {
  constexpr std::uint64_t kChunk = 10'000'000'000'000'000'000u;  // 10^19, the most that fits
  while (value > UINT64_MAX) {
    const UInt128 rest = value / kChunk;
    char* begin = digits_before(end, static_cast<std::uint64_t>(value - rest * kChunk));
    end -= 19;
    while (begin > end) *--begin = '0';
    value = rest;
  }
  return digits_before(end, static_cast<std::uint64_t>(value));
}

// `digits` with the point before the last `scale` of them; at least one digit before it.
char* place_point(char* out, bool negative, const char* digits, int count, int scale) {
  if (negative) *out++ = '-';
  if (count <= scale) {
    *out++ = '0';
    if (scale == 0) return out;
    *out++ = '.';
    for (int i = count; i < scale; ++i) *out++ = '0';
    std::memcpy(out, digits, static_cast<std::size_t>(count));
    return out + count;
  }
  const auto whole = static_cast<std::size_t>(count - scale);
  std::memcpy(out, digits, whole);
  out += whole;
  if (scale == 0) return out;
  *out++ = '.';
  std::memcpy(out, digits + whole, static_cast<std::size_t>(scale));
  return out + scale;
}

struct Digits {
  char text[40];
  char* begin;
  int count() const { return static_cast<int>(text + sizeof text - begin); }
};

// The general reader: exponents, more than 19 digits, odd forms.
bool parse_any(std::string_view text, Decimal& out) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  bool negative = false;
  if (at != end && (*at == '-' || *at == '+')) negative = *at++ == '-';
  UInt128 mantissa = 0;
  int scale = 0;
  int significant = 0;
  bool any = false, point = false;
  for (; at != end; ++at) {
    if (*at == '.') {
      if (point) return false;
      point = true;
      continue;
    }
    const unsigned digit = static_cast<unsigned char>(*at) - unsigned{'0'};
    if (digit > 9) break;
    any = true;
    if (significant != 0 || digit != 0) {
      if (++significant > Decimal::kMaxDigits) return false;
    }
    mantissa = mantissa * 10 + digit;
    if (point) {
      if (++scale > 4 * Decimal::kMaxScale) return false;
    }
  }
  if (!any) return false;
  if (at != end) {
    if (*at != 'e' && *at != 'E') return false;
    ++at;
    bool down = false;
    if (at != end && (*at == '-' || *at == '+')) down = *at++ == '-';
    if (at == end) return false;
    int exponent = 0;
    for (; at != end; ++at) {
      const unsigned digit = static_cast<unsigned char>(*at) - unsigned{'0'};
      if (digit > 9) return false;
      exponent = exponent * 10 + static_cast<int>(digit);
      if (exponent > 1000) return false;
    }
    scale += down ? exponent : -exponent;
  }
  if (mantissa == 0) {
    // 0e5 and 0.000e-90 are zero all the same.
    out = Decimal{0, scale < 0 ? 0 : (scale > Decimal::kMaxScale ? Decimal::kMaxScale : scale)};
    return true;
  }
  while (scale < 0) {
    if (++significant > Decimal::kMaxDigits) return false;
    mantissa *= 10;
    ++scale;
  }
  while (scale > Decimal::kMaxScale) {
    if (mantissa % 10 != 0) return false;
    mantissa /= 10;
    --scale;
  }
  const auto value = static_cast<Int128>(mantissa);
  out = Decimal{negative ? -value : value, scale};
  return true;
}

}  // namespace

bool Decimal::parse_padded(std::string_view text, Decimal& out) noexcept {
  if (text.empty()) return false;
  const bool negative = text.front() == '-';
  if (read(text.data() + negative, out) != text.data() + text.size()) return parse_any(text, out);
  if (negative) out = Decimal{-out.mantissa(), out.scale()};
  return true;
}

bool Decimal::parse(std::string_view text, Decimal& out) noexcept {
  constexpr std::size_t kMost = 24;
  if (text.empty() || text.size() > kMost) return parse_any(text, out);
  char padded[kMost + kReadAhead] = {};
  std::memcpy(padded, text.data(), text.size());
  return parse_padded({padded, text.size()}, out);
}

Result<Decimal> Decimal::parse(std::string_view text) {
  Decimal value;
  if (!parse(text, value)) {
    return Error{Errc::malformed,
                 "not a decimal of at most 38 digits: '" + std::string(text.substr(0, 64)) + "'"};
  }
  return value;
}

char* Decimal::write(char* out) const noexcept {
  if (high_ != 0 || scale_ >= 20) return write_any(out);
  // Nearly all: the parts before and behind the point, each as one integer.
  if (scale_ == 0) return write_whole(out, low_);
  const std::uint64_t unit = detail::kPowersOfTen[static_cast<std::size_t>(scale_)];
  const std::uint64_t whole = low_ / unit;
  const std::uint64_t fraction = low_ - whole * unit;
  out = write_whole(out, whole);
  if (fraction == 0) return out;
  *out++ = '.';
  return write_fraction(out, fraction, scale_);
}

char* Decimal::write_any(char* out) const noexcept {
  Digits digits;
  digits.begin = digits_before(digits.text + sizeof digits.text, magnitude(mantissa()));
  int scale = scale_;
  int count = digits.count();
  while (scale > 0 && count > 0 && digits.begin[count - 1] == '0') {
    --count;
    --scale;
  }
  if (count == 0) scale = 0;  // zero
  return place_point(out, is_negative(), digits.begin, count, scale);
}

std::string Decimal::to_text() const {
  char text[kMaxText];
  return {text, write(text)};
}

std::string Decimal::to_wire() const {
  Digits digits;
  digits.begin = digits_before(digits.text + sizeof digits.text, magnitude(mantissa()));
  char text[kMaxText];
  return {text, place_point(text, is_negative(), digits.begin, digits.count(), scale_)};
}

double Decimal::to_double() const noexcept {
  // With both operands exact, the quotient is the nearest double; else the text says which it is.
  constexpr Int128 kExact = Int128{1} << 53;
  constexpr int kExactPower = 22;
  const Int128 value = mantissa();
  if (value < kExact && value > -kExact && scale_ <= kExactPower) {
    return static_cast<double>(value) / std::pow(10.0, scale_);
  }
  char text[kMaxText];
  double nearest = 0;
  std::from_chars(text, write(text), nearest);
  return nearest;
}

Decimal Decimal::normalised() const noexcept {
  Int128 value = mantissa();
  int scale = scale_;
  if (value == 0) return Decimal{};
  while (scale > 0 && value % 10 == 0) {
    value /= 10;
    --scale;
  }
  return Decimal{value, scale};
}

std::strong_ordering Decimal::compare_scaled(const Decimal& a, const Decimal& b) noexcept {
  if (a.is_negative() != b.is_negative() || a.is_zero() || b.is_zero())
    return a.mantissa() <=> b.mantissa();
  // Bring the one with fewer decimals to the scale of the other; if that overflows, it is the
  // larger in magnitude.
  const bool a_is_finer = a.scale_ > b.scale_;
  const Decimal& fine = a_is_finer ? a : b;
  const Decimal& coarse = a_is_finer ? b : a;
  const int up = fine.scale_ - coarse.scale_;
  const UInt128 coarse_value = magnitude(coarse.mantissa());
  const UInt128 fine_value = magnitude(fine.mantissa());
  std::strong_ordering coarse_to_fine = std::strong_ordering::greater;
  if (up < static_cast<int>(kPowers.size())) {
    UInt128 raised;
    if (!__builtin_mul_overflow(coarse_value, kPowers[static_cast<std::size_t>(up)], &raised)) {
      coarse_to_fine = raised <=> fine_value;
    }
  }
  auto result = a_is_finer ? 0 <=> coarse_to_fine : coarse_to_fine;
  return a.is_negative() ? 0 <=> result : result;
}

Result<Decimal> add(const Decimal& a, const Decimal& b) {
  const Decimal& fine = a.scale() >= b.scale() ? a : b;
  const Decimal& coarse = a.scale() >= b.scale() ? b : a;
  const int up = fine.scale() - coarse.scale();
  Int128 raised = 0;
  Int128 sum;
  const auto limit = static_cast<Int128>(kPowers[38]);
  const bool fits =
      coarse.is_zero() ||
      (up < 39 &&
       !__builtin_mul_overflow(
           coarse.mantissa(), static_cast<Int128>(kPowers[static_cast<std::size_t>(up)]), &raised));
  if (!fits || __builtin_add_overflow(raised, fine.mantissa(), &sum) || sum >= limit ||
      sum <= -limit) {
    return Error{Errc::malformed, "sum of decimals needs more than 38 digits"};
  }
  return Decimal{sum, fine.scale()};
}

}  // namespace md
