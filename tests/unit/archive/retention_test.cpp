#include "archive/retention.hpp"

#include <gtest/gtest.h>

namespace md::archive {
namespace {

TEST(Retention, ARuleIsATypeAndDays) {
  const auto rule = parse_keep_rule("book_change=30d");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->type, Type::book_change);
  EXPECT_EQ(rule->days, 30);
  EXPECT_TRUE(parse_keep_rule("trade=100000d"));
  for (const char* wrong :
       {"", "trade", "trade=", "trade=d", "trade=30", "trade=30dd", "trade=30 d", "trade=0d",
        "trade=-1d", "trade=100001d", "trade=99999999999999999999d", "gap=30d", "connect=30d",
        "trades=30d", "=30d", "trade=30d=1d"}) {
    const auto refused = parse_keep_rule(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, Errc::usage) << wrong;
  }
}

TEST(Retention, FatesAreLines) {
  Fate fate{Type::trade, 20'454, 1, {"a.tar", "b\n.tar"}, {}};
  EXPECT_EQ(fate_text(fate, false),
            "dropped md.trade of 2026-01-01: 1 row, in 'a.tar', 'b\\n.tar'\n");
  fate = {Type::book_change, 20'454, 0, {}, {}};
  EXPECT_EQ(fate_text(fate, true), "to be dropped md.book_change of 2026-01-01: 0 rows\n");
  fate.kept_because = "x 'B': no archive has it";
  EXPECT_EQ(fate_text(fate, true), "kept md.book_change of 2026-01-01: x 'B': no archive has it\n");
}

}  // namespace
}  // namespace md::archive
