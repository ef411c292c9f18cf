#include "record/symbols.hpp"

#include <gtest/gtest.h>

namespace md::record {
namespace {

using Names = std::vector<std::string>;

std::vector<venue::Market> listed(const Names& symbols) {
  std::vector<venue::Market> markets;
  for (const std::string& symbol : symbols) {
    venue::Market market;
    market.symbol = symbol;
    markets.push_back(market);
  }
  return markets;
}

Names matched(const std::vector<venue::Market>& markets, const Names& wanted) {
  const auto found = match_symbols(markets, wanted);
  EXPECT_TRUE(found) << found.error().message;
  return found ? *found : Names{};
}

std::string refusal(const std::vector<venue::Market>& markets, const std::string& wanted) {
  const auto found = match_symbols(markets, Names{wanted});
  if (found) return "found";
  EXPECT_EQ(found.error().code, Errc::usage);
  return found.error().message;
}

TEST(MatchSymbols, WhateverCaseAndSeparators) {
  const auto markets = listed({"BTC-USDT", "ETH/BTC", "XBT_USD"});
  EXPECT_EQ(matched(markets, {"btcusdt"}), Names{"BTC-USDT"});
  EXPECT_EQ(matched(markets, {"BTC/USDT", "eth-btc", "xbtusd"}),
            (Names{"BTC-USDT", "ETH/BTC", "XBT_USD"}));
}

TEST(MatchSymbols, EachOnceInTheOrderAskedFor) {
  const auto markets = listed({"A-B", "C-D"});
  EXPECT_EQ(matched(markets, {"cd", "ab", "C-D", "c/d"}), (Names{"C-D", "A-B"}));
}

TEST(MatchSymbols, TheVeryNameWins) {
  const auto markets = listed({"SOLUSDT", "sOLUSDT"});
  EXPECT_EQ(matched(markets, {"sOLUSDT"}), Names{"sOLUSDT"});
  EXPECT_EQ(matched(markets, {"SOLUSDT"}), Names{"SOLUSDT"});
  EXPECT_EQ(refusal(markets, "solusdt"), "symbol 'solusdt' is ambiguous: SOLUSDT, sOLUSDT");
}

TEST(MatchSymbols, AClosedMarketGivesWay) {
  auto markets = listed({"BTC-USD", "BTC_USD"});
  markets[0].active = false;
  EXPECT_EQ(matched(markets, {"btcusd"}), Names{"BTC_USD"});
  markets[1].active = false;
  EXPECT_EQ(refusal(markets, "btcusd"), "symbol 'btcusd' is ambiguous: BTC-USD, BTC_USD");
}

TEST(MatchSymbols, ListedTwiceIsNotAmbiguous) {
  EXPECT_EQ(matched(listed({"BTC-USD", "BTC-USD"}), {"btcusd"}), Names{"BTC-USD"});
}

TEST(MatchSymbols, AnUnknownNameShowsNearOnes) {
  const auto markets = listed({"BTC-USDT", "BTC-USDC", "ETH-USDT", "BTC-USD-PERP", "DOGE-EUR"});
  EXPECT_EQ(refusal(markets, "btcusd"),
            "unknown symbol 'btcusd'; near: BTC-USDT, BTC-USDC, BTC-USD-PERP");
  EXPECT_EQ(refusal(markets, "zzzzzzz"), "unknown symbol 'zzzzzzz'");
  EXPECT_EQ(refusal({}, "btcusd"), "unknown symbol 'btcusd'");
  EXPECT_NE(refusal(markets, ""), "found");
}

}  // namespace
}  // namespace md::record
