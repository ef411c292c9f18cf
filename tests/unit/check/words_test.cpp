#include "check/words.hpp"

#include <gtest/gtest.h>

#include "base/buffer.hpp"
#include "check/columns.hpp"

namespace md::check {
namespace {

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
