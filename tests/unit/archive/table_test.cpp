#include "archive/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace md::archive {
namespace {

TEST(Table, NamesAndTypesAgree) {
  for (int i = 0; i < kTables; ++i) {
    const auto table = static_cast<Table>(i);
    EXPECT_EQ(table_from(to_text(table)), table);
  }
  for (int i = 0; i < kTypes; ++i) {
    const auto type = static_cast<Type>(i);
    const auto types = types_of(table_of(type));
    EXPECT_EQ(std::count(types.begin(), types.end(), type), 1);
    for (const Type other : types) EXPECT_EQ(table_of(other), table_of(type));
  }
  EXPECT_EQ(table_from("trade"), std::nullopt);
  EXPECT_EQ(table_of(Type::gap), Table::feed_events);
}

std::string name(const Stream& stream) { return member_name(stream, codec::Compression::zstd); }

TEST(Table, MembersStayInTheirFolder) {
  EXPECT_EQ(name({Table::trades, "binance", "BTCUSDT"}), "trades/binance/BTCUSDT.csv.zst");
  EXPECT_EQ(name({Table::trades, "kraken", "BTC/USD"}), "trades/kraken/BTC%2FUSD.csv.zst");
  EXPECT_EQ(name({Table::quotes, "..", "../../x"}), "quotes/%2E%2E/..%2F..%2Fx.csv.zst");
  EXPECT_EQ(name({Table::feed_events, "binance", ""}), "feed_events/binance.csv.zst");
  EXPECT_EQ(member_name({Table::quotes, "x", "A"}, codec::Compression::gzip), "quotes/x/A.csv.gz");
}

}  // namespace
}  // namespace md::archive
