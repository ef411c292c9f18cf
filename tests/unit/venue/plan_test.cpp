// Plans of 1000 markets, computed by hand from the limits that the venues' pages give.
#include "venue/plan.hpp"

#include <gtest/gtest.h>

#include "venue/registry.hpp"

namespace md::venue {
namespace {

Plan plan_of(std::string_view id, std::string_view suffix, Types types, int count = 1000) {
  Subscription wanted{{}, types};
  for (int i = 0; i < count; ++i)
    wanted.symbols.push_back("S" + std::to_string(1000 + i) + std::string(suffix));
  return plan(*find(id), wanted);
}

// 1024 streams a connection, 200 names a request, 5 messages a second; a snapshot of 5000 levels
// costs 250 of 6000 a minute.
TEST(Plan, BinanceBooks) {
  const Plan p = plan_of("binance", "USDT", {Type::trade, Type::book_change});
  EXPECT_EQ(p.symbols, 1000u);
  EXPECT_EQ(p.connections, 2u);  // 2000 streams
  EXPECT_EQ(p.requests, 6u + 5u);
  EXPECT_EQ(p.snapshots, 1000u);
  EXPECT_EQ(p.snapshot_weight, 250'000);
  EXPECT_GE(p.complete_ms, 999 * 60'000 / (6000 / 250));
}

TEST(Plan, BinanceTradesNeedNoSnapshot) {
  const Plan p = plan_of("binance", "USDT", {Type::trade});
  EXPECT_EQ(p.connections, 1u);
  EXPECT_EQ(p.snapshots, 0u);
  EXPECT_EQ(p.complete_ms, p.subscribed_ms);
}

// Ten topics a request, 500 connections in five minutes.
TEST(Plan, BybitSpot) {
  const Plan p = plan_of("bybit", "USDT", {Type::trade, Type::book_change, Type::book_ticker});
  EXPECT_EQ(p.connections, 5u);  // 3000 streams, 600 each
  EXPECT_EQ(p.requests, 300u);
  EXPECT_EQ(p.most_requests, 60u);
  EXPECT_EQ(p.subscribed_ms, 4 * 600 + 59 * 100);
}

TEST(Plan, NothingWantedCostsNothing) {
  const Plan p = plan_of("binance", "USDT", {Type::liquidation});
  EXPECT_EQ(p.connections, 0u);
  EXPECT_EQ(to_text(p),
            "symbols: 0\nconnections: 0\nrequests: 0, at most 0 a connection and 0 bytes each\n"
            "subscribed after: 0.0 s\ncomplete after: 0.0 s\n");
}

// Within the hour, whatever a venue's names look like.
TEST(Plan, EveryVenueTakesAThousandMarkets) {
  for (const Venue* venue : all()) {
    Plan most;
    for (const char* suffix : {"-USDT", "_USDT", "USDT", "/USD"}) {
      const Plan p = plan_of(venue->id, suffix, venue->types);
      if (p.requests > most.requests) most = p;
    }
    EXPECT_EQ(most.symbols, 1000u) << venue->id;
    EXPECT_GT(most.connections, 0u) << venue->id;
    EXPECT_LT(most.complete_ms, 3600 * 1000) << venue->id;
  }
}

}  // namespace
}  // namespace md::venue
