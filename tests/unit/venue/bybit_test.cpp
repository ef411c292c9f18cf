// What is sent to Bybit, and its market lists.
#include <gmock/gmock.h>

#include "market_lines.hpp"
#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Bybit, LinearAndInverseDifferByPath) {
  const auto c = find("bybit-futures")
                     ->connections({{"BTCUSDT", "BTCUSD", "BTC-25DEC26", "BTCUSDH27"},
                                    {Type::trade, Type::liquidation}});
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_EQ(c[0].url, "wss://stream.bybit.com/v5/public/linear");
  EXPECT_THAT(c[0].symbols, ElementsAre("BTCUSDT", "BTC-25DEC26"));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"req_id":"1","op":"subscribe","args":["publicTrade.BTCUSDT","allLiquidation.BTCUSDT","publicTrade.BTC-25DEC26","allLiquidation.BTC-25DEC26"]})"));
  EXPECT_EQ(c[1].url, "wss://stream.bybit.com/v5/public/inverse");
  EXPECT_THAT(c[1].symbols, ElementsAre("BTCUSD", "BTCUSDH27"));
}

TEST(Bybit, ResubscribesTheBookAlone) {
  EXPECT_THAT(find("bybit")->book.resubscribe("BTCUSDT"),
              ElementsAre(R"({"req_id":"1","op":"unsubscribe","args":["orderbook.50.BTCUSDT"]})",
                          R"({"req_id":"2","op":"subscribe","args":["orderbook.50.BTCUSDT"]})"));
}

TEST(Bybit, Markets) {
  EXPECT_THAT(markets("bybit-futures", R"({"retCode":0,"result":{"category":"inverse","list":[
        {"symbol":"BTCUSD","contractType":"InversePerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USD","priceFilter":{"tickSize":"0.50"},"lotSizeFilter":{"qtyStep":"1"}},
        {"symbol":"BTC-25DEC26","contractType":"LinearFutures","status":"PreLaunch","baseCoin":"BTC","quoteCoin":"USDC","priceFilter":{"tickSize":"0.1"},"lotSizeFilter":{"qtyStep":"0.001"}}],"nextPageCursor":"a%3D1"}})"),
              ElementsAre("BTCUSD BTC/USD perpetual on 0.5 1 1",
                          "BTC-25DEC26 BTC/USDC future off 0.1 0.001 0"));
  EXPECT_THAT(markets("bybit", R"({"retCode":0,"result":{"list":[
        {"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT","status":"Trading","lotSizeFilter":{"basePrecision":"0.000001"},"priceFilter":{"tickSize":"0.01"}}]}})"),
              ElementsAre("BTCUSDT BTC/USDT spot on 0.01 0.000001 0"));
}

TEST(Bybit, MarketListsGoOnAtTheirCursor) {
  const std::string_view request = "/v5/market/instruments-info?category=linear&limit=1000";
  const Padded first{R"({"result":{"list":[],"nextPageCursor":"first=1"}})"};
  EXPECT_EQ(find("bybit-futures")->next_page(request, first.view()),
            "/v5/market/instruments-info?category=linear&limit=1000&cursor=first%3D1");
  const Padded last{R"({"result":{"list":[],"nextPageCursor":""}})"};
  EXPECT_EQ(find("bybit-futures")->next_page(request, last.view()), "");
}

}  // namespace
}  // namespace md::venue
