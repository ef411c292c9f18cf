#include "book/seen_trades.hpp"

#include <gtest/gtest.h>

namespace md::book {
namespace {

TEST(SeenTradesTest, MatchesWhatOthersBroughtOnce) {
  SeenTrades seen;
  EXPECT_FALSE(seen.match(7, 1));
  seen.add(7, 1);
  EXPECT_FALSE(seen.match(7, 1));
  EXPECT_TRUE(seen.match(7, 2));
  EXPECT_FALSE(seen.match(7, 2));
  EXPECT_TRUE(seen.contains(7));
  EXPECT_FALSE(seen.contains(8));
}

// Without ids, two trades of one moment may be alike.
TEST(SeenTradesTest, EachCopyMatchesOneOfTwoTwins) {
  SeenTrades seen;
  seen.add(7, 1);
  seen.add(7, 1);
  EXPECT_TRUE(seen.match(7, 2));
  EXPECT_TRUE(seen.match(7, 2));
  EXPECT_FALSE(seen.match(7, 2));
}

TEST(SeenTradesTest, ForgetsTheOldestAndNoOther) {
  SeenTrades seen;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    seen.add(i * 64, 1);  // few buckets: long chains
    EXPECT_FALSE(seen.contains((i + 1) * 64));
    const bool full = i >= SeenTrades::kMost;
    EXPECT_EQ(seen.contains(full ? (i - SeenTrades::kMost) * 64 : 0), !full);
    EXPECT_TRUE(seen.contains((full ? i - SeenTrades::kMost + 1 : 0) * 64));
  }
}

TEST(SeenTradesTest, AFreeBitMeansNobody) {
  SeenTrades seen;
  seen.add(7, 1);
  seen.pass_on(1, 4);
  EXPECT_TRUE(seen.match(7, 1));
}

}  // namespace
}  // namespace md::book
