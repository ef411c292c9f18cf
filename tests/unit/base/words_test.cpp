#include "base/words.hpp"

#include <gtest/gtest.h>

namespace md {
namespace {

TEST(Words, DataStaysInItsLine) {
  EXPECT_EQ(printable("BTC/USD"), "BTC/USD");
  EXPECT_EQ(printable("비트코인"), "비트코인");
  EXPECT_EQ(printable("a\nb\tc\\d"), "a\\nb\\tc\\d");
  EXPECT_EQ(printable("\x1b[2J\x7f\r"), "\\x1b[2J\\x7f\\x0d");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  // U+009B is a terminal's command too; U+00E9 is a letter.
  EXPECT_EQ(printable("\xc2\x9b\xc3\xa9"), "\\xc2\\x9b\xc3\xa9");
  EXPECT_EQ(printable("\xc2"), "\xc2");
}

TEST(Words, NumbersHaveTheirNouns) {
  EXPECT_EQ(counted(0, "hole"), "0 holes");
  EXPECT_EQ(counted(1, "hole"), "1 hole");
  EXPECT_EQ(counted(2, "hole"), "2 holes");
}

}  // namespace
}  // namespace md
