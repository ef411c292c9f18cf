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

// "00" to "99".
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

UInt128 magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

// Digits of `value` so that they end at `end`; gives their begin. Zero gives no digit.
char* digits_before(char* end, std::uint64_t value) {
  while (value >= 100) {
    const std::uint64_t rest = value / 100;
    end -= 2;
    std::memcpy(end, &kPairs[2 * (value - rest * 100)], 2);
    value = rest;
  }
  if (value >= 10) {
    end -= 2;
    std::memcpy(end, &kPairs[2 * value], 2);
  } else if (value != 0) {
    *--end = static_cast<char>('0' + value);
  }
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

// True if the eight bytes at `text` are digits; then `value` is their number. Digit by digit, each
// step would wait for the one before; so pairs, then fours, then all eight are joined
// (little-endian).
bool read_eight_digits(const char* text, std::uint64_t& value) {
  std::uint64_t block;
  std::memcpy(&block, text, sizeof block);
  const std::uint64_t digits = block - 0x3030303030303030;
  if (((digits | (digits + 0x7676767676767676)) & 0x8080808080808080) != 0) return false;
  value = digits * 10 + (digits >> 8);
  value = ((value & 0x000000FF000000FF) * 0x000F424000000064 +
           ((value >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
          32;
  return true;
}

// Reads digits on behind `number`; gives where they end.
const char* read_digits(const char* at, const char* end, std::uint64_t& number) {
  std::uint64_t eight;
  while (end - at >= 8 && read_eight_digits(at, eight)) {
    number = number * 100'000'000 + eight;
    at += 8;
  }
  unsigned digit;
  while (at != end && (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) <= 9) {
    number = number * 10 + digit;
    ++at;
  }
  return at;
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

bool Decimal::parse(std::string_view text, Decimal& out) noexcept {
  // Nearly all numbers on the wire: at most 19 digits with an optional minus and one point inside.
  const char* at = text.data();
  const char* const end = at + text.size();
  if (text.empty() || text.size() > 20) return parse_any(text, out);
  const bool negative = *at == '-';
  at += negative;
  const char* const first = at;
  std::uint64_t mantissa = 0;
  at = read_digits(at, end, mantissa);
  auto digits = at - first;
  int scale = 0;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    at = read_digits(at, end, mantissa);
    scale = static_cast<int>(at - fraction);
    digits += scale;
  }
  if (at != end || digits == 0 || digits > 19) return parse_any(text, out);
  out.low_ = negative ? std::uint64_t{0} - mantissa : mantissa;
  out.high_ = negative && mantissa != 0 ? -1 : 0;
  out.scale_ = static_cast<std::int8_t>(scale);
  return true;
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
  const UInt128 value = magnitude(mantissa());
  if (value <= UINT64_MAX && scale_ < 20)
    return write_small(out, static_cast<std::uint64_t>(value));
  Digits digits;
  digits.begin = digits_before(digits.text + sizeof digits.text, value);
  int scale = scale_;
  int count = digits.count();
  while (scale > 0 && count > 0 && digits.begin[count - 1] == '0') {
    --count;
    --scale;
  }
  if (count == 0) scale = 0;  // zero
  return place_point(out, is_negative(), digits.begin, count, scale);
}

// The parts before and behind the point, each as one integer.
char* Decimal::write_small(char* out, std::uint64_t value) const noexcept {
  if (is_negative()) *out++ = '-';
  const std::uint64_t unit =
      scale_ == 0 ? 1 : static_cast<std::uint64_t>(kPowers[static_cast<std::size_t>(scale_)]);
  const std::uint64_t whole = value / unit;
  std::uint64_t fraction = value - whole * unit;
  if (whole < 10) {
    *out++ = static_cast<char>('0' + whole);
  } else {
    char digits[20];
    const char* const begin = digits_before(digits + sizeof digits, whole);
    const auto count = static_cast<std::size_t>(digits + sizeof digits - begin);
    std::memcpy(out, begin, count);
    out += count;
  }
  if (fraction == 0) return out;
  *out++ = '.';
  char* const end = out + scale_;
  char* const begin = digits_before(end, fraction);
  for (char* zero = out; zero != begin; ++zero) *zero = '0';
  char* last = end;
  while (last[-1] == '0') --last;
  return last;
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
