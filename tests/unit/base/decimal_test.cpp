#include "base/decimal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace md {
namespace {

std::string text(std::string_view in) {
  const auto value = Decimal::parse(in);
  return value ? value->to_text() : "malformed";
}
std::string wire(std::string_view in) { return Decimal::parse(in).value().to_wire(); }

TEST(Decimal, WritesTheValueWithoutTrailingZerosAndExponents) {
  EXPECT_EQ(text("0.35130000"), "0.3513");
  EXPECT_EQ(text("6195.00000000"), "6195");
  EXPECT_EQ(text("100"), "100");
  EXPECT_EQ(text("0"), "0");
  EXPECT_EQ(text("0.000"), "0");
  EXPECT_EQ(text("-0"), "0");
  EXPECT_EQ(text("-0.50"), "-0.5");
  EXPECT_EQ(text("+5"), "5");
  EXPECT_EQ(text(".5"), "0.5");
  EXPECT_EQ(text("5."), "5");
  EXPECT_EQ(text("007.10"), "7.1");
  EXPECT_EQ(text("1e-7"), "0.0000001");
  EXPECT_EQ(text("1.5E+3"), "1500");
  EXPECT_EQ(text("0e9"), "0");
}

TEST(Decimal, KeepsWhatDoubleCannotHold) {
  EXPECT_EQ(text("1234567890123.123456789"), "1234567890123.123456789");
  EXPECT_EQ(text("0.00000000123"), "0.00000000123");
  EXPECT_EQ(text("9007199254740993"), "9007199254740993");
  EXPECT_EQ(text("99999999999999999999999999999999999999"),
            "99999999999999999999999999999999999999");
  EXPECT_EQ(text("-0.12345678901234567890123456789012345678"),
            "-0.12345678901234567890123456789012345678");
  EXPECT_EQ(text("18446744073709551616"), "18446744073709551616");
  EXPECT_EQ(text("100000000000000000000000000000000000000e-10"), "malformed") << "39 digits";
  EXPECT_EQ(text("10000000000000000000000000000000000000e-10"), "1000000000000000000000000000");
}

TEST(Decimal, KeepsTheDigitsOfTheWire) {
  EXPECT_EQ(wire("0.35130000"), "0.35130000");
  EXPECT_EQ(wire("8476.98"), "8476.98");
  EXPECT_EQ(wire("0.00000"), "0.00000");
  EXPECT_EQ(wire("45285.2"), "45285.2");
  EXPECT_EQ(wire("100"), "100");
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* in :
       {"",         "-",      "+",   ".",          "1.2.3",     "1e",       "e5",
        "0.-10000", "1,5",    " 1",  "1 ",         "0x10",      "nan",      "inf",
        "null",     "1e1001", "--1", "1234567.8x", "12345678/", "1234567:", "123456789012.3456789a",
        "1-"}) {
    EXPECT_EQ(text(in), "malformed") << in;
  }
  const std::string too_fine = "0." + std::string(90, '0') + "1";
  EXPECT_EQ(text(too_fine), "malformed");
}

TEST(Decimal, ComparesByValueAcrossScales) {
  const auto d = [](const char* in) { return Decimal::parse(in).value(); };
  EXPECT_EQ(d("1.0"), d("1"));
  EXPECT_EQ(d("0"), d("0.000"));
  EXPECT_LT(d("0.9999"), d("1"));
  EXPECT_LT(d("-1"), d("-0.9999"));
  EXPECT_LT(d("-1"), d("0.00"));
  EXPECT_GT(d("0.01"), d("0"));
  EXPECT_GT(d("99999999999999999999999999999999999999"),
            d("0.00000000000000000000000000000000000001"));
  EXPECT_LT(d("-99999999999999999999999999999999999999"),
            d("0.00000000000000000000000000000000000001"));
  EXPECT_EQ(d("1.50").normalised().scale(), 1);
  EXPECT_EQ(d("0.000").normalised().scale(), 0);
}

// Against an independent route: the digits are put together as text.
TEST(Decimal, AgreesWithTextOnRandomNumbers) {
  std::mt19937_64 random{20261120};
  for (int i = 0; i < 20000; ++i) {
    const int whole_digits = 1 + static_cast<int>(random() % 19),
              decimals = static_cast<int>(random() % 19);
    std::string whole, fraction;
    for (int k = 0; k < whole_digits; ++k) whole += static_cast<char>('0' + random() % 10);
    for (int k = 0; k < decimals; ++k) fraction += static_cast<char>('0' + random() % 10);
    const bool negative = random() % 2 == 0;
    const std::string in = (negative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    const std::string wire_fraction = fraction;
    fraction.erase(fraction.find_last_not_of('0') + 1);
    const bool zero = whole == "0" && fraction.empty();
    const std::string expected =
        (negative && !zero ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
    ASSERT_EQ(text(in), expected) << in;
    if (zero) continue;
    ASSERT_EQ(wire(in),
              (negative ? "-" : "") + whole + (wire_fraction.empty() ? "" : "." + wire_fraction));
  }
}

// The compiler's own reading of the same digits.
TEST(Decimal, ToDoubleGivesTheNearest) {
  const auto d = [](const char* in) { return Decimal::parse(in).value().to_double(); };
  EXPECT_EQ(d("0.1"), 0.1);
  EXPECT_EQ(d("-64123.45"), -64123.45);
  EXPECT_EQ(d("1234567890123.123456789"), 1234567890123.123456789);
  EXPECT_EQ(d("9007199254740993.7"), 9007199254740993.7);
  EXPECT_EQ(d("0.00000000000000000000000000000000000000123"), 1.23e-39);
  EXPECT_EQ(d("99999999999999999999999999999999999999"), 1e38);
}

TEST(Decimal, AddsExactly) {
  const auto d = [](const char* in) { return Decimal::parse(in).value(); };
  EXPECT_EQ(add(d("0.1"), d("0.2")).value().to_text(), "0.3");
  EXPECT_EQ(add(d("1234567890123.123456789"), d("-0.000000001")).value().to_text(),
            "1234567890123.123456788");
  EXPECT_EQ(add(d("5"), d("-5.00")).value().to_text(), "0");
  EXPECT_FALSE(add(d("99999999999999999999999999999999999999"), d("1")));
}

}  // namespace
}  // namespace md
