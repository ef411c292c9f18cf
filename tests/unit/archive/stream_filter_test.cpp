#include "archive/stream_filter.hpp"

#include <gtest/gtest.h>

namespace md::archive {
namespace {

const Stream kBitcoin{Table::trades, "okx", "BTC-USDT"};
const Stream kEther{Table::trades, "okx", "ETH-USDT"};
const Stream kFeed{Table::feed_events, "okx", ""};

TEST(StreamFilter, TakesAllByDefault) { EXPECT_TRUE(StreamFilter{}.takes(kBitcoin)); }

TEST(StreamFilter, KnowsVenuesByTheirOtherNames) {
  const StreamFilter filter{{"okex"}, {}};
  EXPECT_TRUE(filter.takes(kBitcoin));
  EXPECT_FALSE(filter.takes({Table::trades, "kraken", "BTC-USDT"}));
}

TEST(StreamFilter, WhatHasNoSymbolIsOfAll) {
  const StreamFilter filter{{}, {"BTC-USDT"}};
  EXPECT_TRUE(filter.takes(kBitcoin));
  EXPECT_FALSE(filter.takes(kEther));
  EXPECT_TRUE(filter.takes(kFeed));
}

// A lake may be called anything.
TEST(StreamFilter, OfTheArgumentsOfAnExport) {
  const StreamFilter lake =
      filter_from({"export", "--month", "2025-11", "--lake", "--symbol", "--symbol", "BTC-USDT"});
  EXPECT_TRUE(lake.takes(kBitcoin));
  EXPECT_FALSE(lake.takes(kEther));
  const StreamFilter database = filter_from({"export", "--day", "2025-11-01", "--dsn"});
  EXPECT_TRUE(database.takes(kEther));
  const StreamFilter one =
      filter_from({"export", "--month", "2025-11", "--dsn", "--exchange", "kraken"});
  EXPECT_FALSE(one.takes(kEther));
}

}  // namespace
}  // namespace md::archive
