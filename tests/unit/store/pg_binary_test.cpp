#include "store/pg_binary.hpp"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <string>

namespace md::store {
namespace {

// The bytes of one field, its length first.
std::string written(const Decimal& value, Numbers numbers = Numbers::exact) {
  Buffer buffer;
  RowWriter(buffer, numbers).number(value);
  return std::string(buffer.view());
}

// Big-endian: a length of 4 bytes, then 16-bit words.
std::string field(std::uint32_t length, std::initializer_list<int> words) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(length >> shift);
  for (const int word : words) {
    bytes += static_cast<char>(word >> 8);
    bytes += static_cast<char>(word);
  }
  return bytes;
}

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }

// Words: number of groups, weight, sign, digits after the point, groups. By hand from the format's
// definition.
TEST(PgBinary, NumericIsGroupsOfFourDigits) {
  EXPECT_EQ(written(decimal("0")), field(8, {0, 0, 0, 0}));
  EXPECT_EQ(written(decimal("1")), field(10, {1, 0, 0, 0, 1}));
  EXPECT_EQ(written(decimal("10000")), field(10, {1, 1, 0, 0, 1}));
  EXPECT_EQ(written(decimal("12345678")), field(12, {2, 1, 0, 0, 1234, 5678}));
  EXPECT_EQ(written(decimal("0.3513")), field(10, {1, -1, 0, 4, 3513}));
  EXPECT_EQ(written(decimal("0.5")), field(10, {1, -1, 0, 1, 5000}));
  EXPECT_EQ(written(decimal("-42.75")), field(12, {2, 0, 0x4000, 2, 42, 7500}));
  EXPECT_EQ(written(decimal("0.00000000123")), field(10, {1, -3, 0, 11, 1230}));
  EXPECT_EQ(written(decimal("1234567890123.123456789")),
            field(22, {7, 3, 0, 9, 1, 2345, 6789, 123, 1234, 5678, 9000}));
}

TEST(PgBinary, NumericKeepsZerosAtTheEnd) {
  EXPECT_EQ(written(decimal("1.50")), field(12, {2, 0, 0, 2, 1, 5000}));
  EXPECT_EQ(written(decimal("2.0000")), field(10, {1, 0, 0, 4, 2}));
  EXPECT_EQ(written(decimal("0.00")), field(8, {0, 0, 0, 2}));
}

TEST(PgBinary, NumericOf38Digits) {
  EXPECT_EQ(written(decimal("99999999999999999999999999999999999999")),
            field(28, {10, 9, 0, 0, 99, 9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999}));
  // 38 digits that do not end on a group's end fill one more.
  EXPECT_EQ(
      written(decimal("-1234567890123456789012345678901234567.8")),
      field(30, {11, 9, 0x4000, 1, 1, 2345, 6789, 123, 4567, 8901, 2345, 6789, 123, 4567, 8000}));
  EXPECT_EQ(written(decimal("0.00000000000000000000000000000000000000123")),
            field(12, {2, -10, 0, 41, 12, 3000}));
}

TEST(PgBinary, DoublePrecisionIsIeee754) {
  EXPECT_EQ(written(decimal("1"), Numbers::binary),
            bytes({0, 0, 0, 8, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(written(decimal("-0.1"), Numbers::binary),
            bytes({0, 0, 0, 8, 0xbf, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a}));
}

TEST(PgBinary, ArraysHaveOneDimensionFromOne) {
  const std::array<Level, 2> levels = {Level{decimal("1"), decimal("2")},
                                       Level{decimal("3"), decimal("0")}};
  Buffer buffer;
  RowWriter writer(buffer, Numbers::exact);
  writer.numbers(levels, &Level::amount);
  EXPECT_EQ(buffer.view(),
            bytes({0, 0, 0, 46,                   // length
                   0, 0, 0, 1,    0, 0, 0, 0,     // one dimension, no NULL
                   0, 0, 6, 0xa4,                 // numeric: 1700
                   0, 0, 0, 2,    0, 0, 0, 1}) +  // two elements, the first is number 1
                field(10, {1, 0, 0, 0, 2}) +
                field(8, {0, 0, 0, 0}));

  buffer.clear();
  writer.numbers({}, &Level::amount);
  EXPECT_EQ(buffer.view(), bytes({0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0xa4}));

  buffer.clear();
  const std::array<std::string_view, 2> symbols = {"BTC", ""};
  writer.texts(symbols);
  EXPECT_EQ(buffer.view(), bytes({0, 0, 0, 31, 0, 0, 0, 1, 0, 0, 0,   0,   0,   0, 0, 25, 0, 0,
                                  0, 2, 0, 0,  0, 1, 0, 0, 0, 3, 'B', 'T', 'C', 0, 0, 0,  0}));
}

TEST(PgBinary, TimesCountFrom2000) {
  Buffer buffer;
  RowWriter writer(buffer, Numbers::exact);
  writer.time(946'684'800'000'001);  // 2000-01-01T00:00:00.000001Z
  writer.time(946'684'799'999'999);
  EXPECT_EQ(buffer.view(),
            bytes({0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1}) + field(8, {-1, -1, -1, -1}));
}

class RoundTrip : public ::testing::TestWithParam<const char*> {};

TEST_P(RoundTrip, GivesEveryDigitBack) {
  const Decimal value = decimal(GetParam());
  Buffer buffer;
  RowWriter writer(buffer, Numbers::exact);
  writer.begin(1);
  writer.number(value);
  std::string_view rows = buffer.view();
  RowReader reader(rows, Numbers::exact);
  ASSERT_TRUE(reader.begin(1));
  const Decimal back = reader.number();
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(back.to_wire(), value.to_wire());
  EXPECT_TRUE(rows.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Decimals, RoundTrip,
    ::testing::Values(
        "0", "0.00", "1", "-1", "9999", "10000", "100000000", "0.1", "0.0001", "0.00001", "12.3400",
        "1234567890123.123456789", "0.00000000123", "-0.000012345678901234567890123456789012345678",
        "99999999999999999999999999999999999999", "9999999999999999999999999999999999999.9",
        "0.0000000000000000000000000000000000000000000000000000000000000000000000000001"));

TEST(PgBinary, DoublePrecisionGivesTheShortestDecimal) {
  for (const char* text : {"0.1", "64123.45", "-1e-7", "123456789012"}) {
    Buffer buffer;
    RowWriter writer(buffer, Numbers::binary);
    writer.begin(1);
    writer.number(decimal(text));
    std::string_view rows = buffer.view();
    RowReader reader(rows, Numbers::binary);
    ASSERT_TRUE(reader.begin(1));
    EXPECT_EQ(reader.number(), decimal(text)) << text;
    EXPECT_TRUE(reader.ok());
  }
}

// What no Decimal can hold, and what is torn, is refused and not misread.
TEST(PgBinary, RefusesWhatIsNoDecimal) {
  const std::string fields[] = {
      field(8, {0, 0, 0xc000, 0}),      // NaN
      field(8, {0, 0, 0xd000, 0}),      // infinity
      field(10, {1, 9, 0, 0, 1000}),    // 10^39
      field(10, {1, 0, 0, 0, 10'000}),  // no group
      field(10, {2, 0, 0, 0, 1}),       // a group is missing
      field(8, {0, 0, 0, 77}),          // over kMaxScale
      field(4, {0, 0}),
      field(100, {1, 0, 0, 0, 1}),
  };
  for (const std::string& bytes : fields) {
    const std::string row = field(0x0001, {}).substr(2) + bytes;
    std::string_view rows = row;
    RowReader reader(rows, Numbers::exact);
    ASSERT_TRUE(reader.begin(1));
    reader.number();
    EXPECT_FALSE(reader.ok());
  }
}

TEST(PgBinary, TheTrailerEndsTheRows) {
  std::string_view rows = copy_trailer();
  RowReader reader(rows, Numbers::exact);
  EXPECT_FALSE(reader.begin(3));
  EXPECT_TRUE(reader.ok());
}

TEST(PgBinary, RefusesAnotherNumberOfFields) {
  const std::string row = bytes({0, 2});
  std::string_view rows = row;
  RowReader reader(rows, Numbers::exact);
  EXPECT_FALSE(reader.begin(3));
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace md::store
