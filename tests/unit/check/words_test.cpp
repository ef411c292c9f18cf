#include "check/words.hpp"

#include <gtest/gtest.h>

#include "base/buffer.hpp"
#include "check/columns.hpp"

namespace md::check {
namespace {

TEST(Words, NamesStayInTheirLine) {
  EXPECT_EQ(one_line("BTC/USD"), "BTC/USD");
  EXPECT_EQ(one_line("비트코인"), "비트코인");
  EXPECT_EQ(one_line("a\nb\tc\\d"), "a\\nb\\tc\\\\d");
  EXPECT_EQ(one_line("\x1b[2J\x7f\r"), "\\x1b[2J\\x7f\\x0d");
  EXPECT_EQ(one_line(std::string_view("\0", 1)), "\\x00");
  // U+009B is a terminal's command too; U+00E9 is a letter.
  EXPECT_EQ(one_line("\xc2\x9b\xc3\xa9"), "\\xc2\\x9b\xc3\xa9");
  EXPECT_EQ(one_line("\xc2"), "\xc2");
}

TEST(Words, StreamsAreNamedByWhatIsKnown) {
  EXPECT_EQ(stream_name({}, "binance", "A", "trade"), "binance A trade");
  EXPECT_EQ(stream_name("spool/a", "binance", "", ""), "spool/a: binance *");
  EXPECT_EQ(stream_name("a\nb", "c\nd", "e\nf", "trade"), "a\\nb: c\\nd e\\nf trade");
}

TEST(Columns, AreAsWideAsTheirWidestText) {
  Columns table;
  table.add({"NAME", ">N", "END"});
  table.add({"코", "10", "x"});
  table.add({"abcdef", "5", ""});
  Buffer out;
  table.write(out);
  EXPECT_EQ(out.view(),
            "NAME     N  END\n"
            "코       10  x\n"
            "abcdef   5\n");
  table.add({"NAME"});
  out.clear();
  table.write(out);
  EXPECT_EQ(out.view(), "");
}

}  // namespace
}  // namespace md::check
