// Decimal: the venue's decimal number, exactly. No binary floating point on the way.
//
//   value = mantissa * 10^-scale        mantissa: up to 38 digits, signed; scale: 0..76
//
// The wire's digits are kept: "0.35130000" is 35130000 at scale 8, so that a checksum over a
// venue's text can be computed from it. Comparison, hash and to_text() are by value: trailing zeros
// do not count.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace md {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kMaxScale = 76;
  // Longest text to_text() can give: sign, "0.", and kMaxScale digits, or 38 digits with a point.
  static constexpr std::size_t kMaxText = 80;

  constexpr Decimal() = default;
  constexpr Decimal(Int128 mantissa, int scale)
      : low_(static_cast<std::uint64_t>(mantissa)),
        high_(static_cast<std::int64_t>(mantissa >> 64)),
        scale_(static_cast<std::int8_t>(scale)) {}

  // Reads "-12.3400", "1e-7", "+5", ".5", "5."; anything else, or more than 38 significant digits
  // or scale over 76, is Errc::malformed.
  static Result<Decimal> parse(std::string_view text);
  // The same for hot paths: false where parse() would fail, and *out untouched.
  static bool parse(std::string_view text, Decimal& out) noexcept;

  // For readers of longer texts, where kReadAhead bytes behind the number can be read. read() takes
  // the number that `at` begins with, in the plain form of nearly all on the wire - at most 15
  // digits, or 8 on each side of a point, and no sign - and gives where it ends, or null if it is
  // of another form. parse_padded() takes all that parse() takes; where it fails, *out is
  // undefined.
  static constexpr std::size_t kReadAhead = 64;
  static const char* read(const char* at, Decimal& out) noexcept;
  static bool parse_padded(std::string_view text, Decimal& out) noexcept;

  constexpr Int128 mantissa() const {
    return static_cast<Int128>((static_cast<UInt128>(static_cast<std::uint64_t>(high_)) << 64) |
                               low_);
  }
  constexpr int scale() const { return scale_; }
  constexpr bool is_zero() const { return low_ == 0 && high_ == 0; }
  constexpr bool is_negative() const { return high_ < 0; }

  // By value, without exponent, leading plus or trailing zeros: "0.3513", "-12", "0".
  std::string to_text() const;
  // The same into `out`, which has kMaxText bytes; gives the end.
  char* write(char* out) const noexcept;
  // With the wire's trailing zeros: "0.35130000".
  std::string to_wire() const;

  // The nearest double. For charts, statistics and the double precision column type only.
  double to_double() const noexcept;

  // Trailing zeros removed; equal values then have equal mantissa and scale.
  Decimal normalised() const noexcept;

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) noexcept {
    if (a.scale_ == b.scale_) return a.mantissa() <=> b.mantissa();
    return compare_scaled(a, b);
  }
  friend bool operator==(const Decimal& a, const Decimal& b) noexcept { return (a <=> b) == 0; }

 private:
  [[gnu::noinline]] char* write_any(char* out) const noexcept;
  static std::strong_ordering compare_scaled(const Decimal& a, const Decimal& b) noexcept;

  std::uint64_t low_ = 0;  // two halves of the mantissa: alignment 8 keeps a Decimal at 24 bytes
  std::int64_t high_ = 0;
  std::int8_t scale_ = 0;
};

namespace detail {

constexpr auto kPowersOfTen = [] {
  std::array<std::uint64_t, 20> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// The first `count` characters (1 to 8 digits) as bytes 0 to 9, behind zeros: the last digit is in
// the highest byte. Reads eight.
inline std::uint64_t digit_bytes(const char* at, int count) {
  std::uint64_t block;
  std::memcpy(&block, at, sizeof block);
  return (block - 0x3030303030303030) << (64 - 8 * count);
}

// The number they make. Digit by digit, each step would wait for the one before; so pairs, then
// fours, then all eight are joined (little-endian).
inline std::uint64_t join_digits(std::uint64_t digits) {
  digits = digits * 10 + (digits >> 8);
  return ((digits & 0x000000FF000000FF) * 0x000F424000000064 +
          ((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
         32;
}

// Bit i: whether character i of the 16 is no digit; bit 16 is set.
inline unsigned non_digits(const char* at) {
#ifdef __SSE2__
  const __m128i characters = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  // The digits become the lowest of all signed bytes, so that one comparison finds the others.
  const __m128i moved = _mm_add_epi8(characters, _mm_set1_epi8(128 - '0'));
  const __m128i others = _mm_cmpgt_epi8(moved, _mm_set1_epi8(-128 + 9));
  return static_cast<unsigned>(_mm_movemask_epi8(others)) | 1u << 16;
#else
  unsigned mask = 1u << 16;
  for (unsigned i = 0; i < 16; ++i)
    mask |= unsigned{static_cast<unsigned char>(at[i] - '0') > 9} << i;
  return mask;
#endif
}

}  // namespace detail

// The first character from `at` on that is no digit. Reads up to 16 bytes behind it.
inline const char* skip_digits(const char* at) {
  unsigned others = detail::non_digits(at);
  while (others == 1u << 16) others = detail::non_digits(at += 16);
  return at + std::countr_zero(others);
}

// The ends of both parts are found at once, before their values: nothing here waits for a digit.
inline const char* Decimal::read(const char* at, Decimal& out) noexcept {
  using detail::digit_bytes, detail::join_digits, detail::kPowersOfTen;
  unsigned others = detail::non_digits(at);
  const int whole = std::countr_zero(others);
  int scale = 0;
  std::uint64_t mantissa;
  if (at[whole] == '.' && whole <= 8) {
    others &= others - 1;
    scale = std::countr_zero(others) - whole - 1;
    const char* const fraction = at + whole + 1;
    if (whole == 0 || scale <= 0 || scale > 8) return nullptr;
    if (whole + scale <= 8) {
      mantissa = join_digits(digit_bytes(at, whole) >> (8 * scale) | digit_bytes(fraction, scale));
    } else {
      mantissa = join_digits(digit_bytes(at, whole)) * kPowersOfTen[static_cast<unsigned>(scale)] +
                 join_digits(digit_bytes(fraction, scale));
    }
    at = fraction + scale;
  } else if (whole <= 8) {
    if (whole == 0) return nullptr;
    mantissa = join_digits(digit_bytes(at, whole));
    at += whole;
  } else {
    if (whole == 16 || at[whole] == '.') return nullptr;
    mantissa = join_digits(digit_bytes(at, 8)) * kPowersOfTen[static_cast<unsigned>(whole - 8)] +
               join_digits(digit_bytes(at + 8, whole - 8));
    at += whole;
  }
  out.low_ = mantissa;
  out.high_ = 0;
  out.scale_ = static_cast<std::int8_t>(scale);
  return at;
}

// Exact sum; Errc::malformed where it does not fit 38 digits.
Result<Decimal> add(const Decimal& a, const Decimal& b);

}  // namespace md
