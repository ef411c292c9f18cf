// Decimal: the venue's decimal number, exactly. No binary floating point on the way.
//
//   value = mantissa * 10^-scale        mantissa: up to 38 digits, signed; scale: 0..76
//
// The wire's digits are kept: "0.35130000" is 35130000 at scale 8, so that a checksum over a
// venue's text can be computed from it. Comparison, hash and to_text() are by value: trailing zeros
// do not count.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
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
  char* write_small(char* out, std::uint64_t magnitude) const noexcept;
  static std::strong_ordering compare_scaled(const Decimal& a, const Decimal& b) noexcept;

  std::uint64_t low_ = 0;  // two halves of the mantissa: alignment 8 keeps a Decimal at 24 bytes
  std::int64_t high_ = 0;
  std::int8_t scale_ = 0;
};

// Exact sum; Errc::malformed where it does not fit 38 digits.
Result<Decimal> add(const Decimal& a, const Decimal& b);

}  // namespace md
