#include "archive/table.hpp"

#include <gtest/gtest.h>

namespace md::archive {
namespace {

TEST(Table, NamesAndTypesAgree) {
  for (int i = 0; i < kTables; ++i) {
    const auto table = static_cast<Table>(i);
    EXPECT_EQ(table_from(to_text(table)), table);
  }
  EXPECT_EQ(table_from("trade"), std::nullopt);
  EXPECT_EQ(table_of(Type::gap), Table::feed_events);
}

TEST(Table, MembersStayInTheirFolder) {
  EXPECT_EQ(member_name({Table::trades, "binance", "BTCUSDT"}), "trades/binance/BTCUSDT.csv.zst");
  EXPECT_EQ(member_name({Table::trades, "kraken", "BTC/USD"}), "trades/kraken/BTC%2FUSD.csv.zst");
  EXPECT_EQ(member_name({Table::quotes, "..", "../../x"}), "quotes/%2E%2E/..%2F..%2Fx.csv.zst");
  EXPECT_EQ(member_name({Table::feed_events, "binance", ""}), "feed_events/binance.csv.zst");
}

}  // namespace
}  // namespace md::archive
