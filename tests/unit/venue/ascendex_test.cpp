// What AscendEX is sent, and its two market lists.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Ascendex, SnapshotsAreAskedForOnTheStream) {
  const auto c =
      find("ascendex")->connections({{"BTC/USDT", "ETH/USDT"}, {Type::trade, Type::book_change}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://ascendex.com/0/api/pro/v1/stream");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(R"({"op":"sub","id":"1","ch":"trades:BTC/USDT,ETH/USDT"})",
                  R"({"op":"sub","id":"2","ch":"depth:BTC/USDT,ETH/USDT"})",
                  R"({"op":"req","action":"depth-snapshot","args":{"symbol":"BTC/USDT"}})",
                  R"({"op":"req","action":"depth-snapshot","args":{"symbol":"ETH/USDT"}})"));
  EXPECT_THAT(
      find("ascendex")->book.resubscribe("BTC/USDT"),
      ElementsAre(R"({"op":"req","action":"depth-snapshot","args":{"symbol":"BTC/USDT"}})"));
}

// Pricing is of all contracts: one channel more says which were asked for.
TEST(Ascendex, PricingComesOnce) {
  const auto c =
      find("ascendex")->connections({{"BTC-PERP", "ETH-PERP"}, {Type::derivative_ticker}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://ascendex.com/0/api/pro/v2/stream");
  EXPECT_THAT(c[0].send, ElementsAre(R"({"op":"sub","id":"1","ch":"bbo:BTC-PERP,ETH-PERP"})",
                                     R"({"op":"sub","id":"2","ch":"futures-pricing-data"})"));
}

TEST(Ascendex, ListsNameTheirFieldsEachInItsWay) {
  std::vector<Market> out;
  const Padded spot{
      R"({"code":0,"data":[{"symbol":"BTC/USDT","baseAsset":"BTC","quoteAsset":"USDT","statusCode":"Normal","tickSize":"0.01","lotSize":"0.00001"}]})"};
  const Padded contracts{
      R"({"code":0,"data":[{"symbol":"BTC-PERP","status":"NoTrading","settlementAsset":"USDT","underlying":"BTC/USDT","priceFilter":{"minPrice":"1","tickSize":"0.5"},"lotSizeFilter":{"lotSize":"0.0001"}}]})"};
  ASSERT_TRUE(find("ascendex")->read_markets(spot.view(), out));
  ASSERT_TRUE(find("ascendex")->read_markets(contracts.view(), out));
  ASSERT_THAT(out, SizeIs(2));
  EXPECT_EQ(out[0].base + out[0].quote + out[0].kind, "BTCUSDTspot");
  EXPECT_TRUE(out[0].active);
  EXPECT_EQ(out[0].tick.to_text() + " " + out[0].step.to_text(), "0.01 0.00001");
  EXPECT_EQ(out[1].base + out[1].quote + out[1].kind, "BTCUSDTperpetual");
  EXPECT_FALSE(out[1].active);
  EXPECT_EQ(out[1].tick.to_text() + " " + out[1].step.to_text(), "0.5 0.0001");
}

}  // namespace
}  // namespace md::venue
