// What KuCoin is sent; its market lists.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Kucoin, DepthTellsTheBookFromTheBestPrices) {
  const auto c = find("kucoin")->connections({{"BTC-USDT"}, find("kucoin")->types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://x-push-spot.kucoin.com");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"id":"1","action":"subscribe","channel":"trade","symbol":"BTC-USDT","tradeType":"SPOT"})",
          R"({"id":"2","action":"subscribe","channel":"obu","symbol":"BTC-USDT","tradeType":"SPOT","depth":"increment@10ms"})",
          R"({"id":"3","action":"subscribe","channel":"obu","symbol":"BTC-USDT","tradeType":"SPOT","depth":"1"})"));
  // Subscribing alone would give no second snapshot.
  EXPECT_THAT(
      find("kucoin-futures")->book.resubscribe("XBTUSDTM"),
      ElementsAre(
          R"({"id":"1","action":"unsubscribe","channel":"obu","symbol":"XBTUSDTM","tradeType":"FUTURES","depth":"increment@10ms","rpiFilter":0})",
          R"({"id":"2","action":"subscribe","channel":"obu","symbol":"XBTUSDTM","tradeType":"FUTURES","depth":"increment@10ms","rpiFilter":0})"));
}

TEST(Kucoin, TickersOfFuturesAreTwoChannels) {
  const auto c = find("kucoin-futures")->connections({{"XBTUSDTM"}, {Type::derivative_ticker}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"id":"1","action":"subscribe","channel":"mark-price","symbol":"XBTUSDTM"})",
          R"({"id":"2","action":"subscribe","channel":"funding-fee","symbol":"XBTUSDTM"})"));
}

TEST(Kucoin, LotsOfContracts) {
  std::vector<Market> out;
  const Padded list{R"({"code":"200000","data":[
    {"symbol":"XBTUSDTM","type":"FFWCSX","baseCurrency":"XBT","quoteCurrency":"USDT","multiplier":0.001,"isInverse":false,"tickSize":0.1,"lotSize":1,"status":"Open"},
    {"symbol":"XBTMZ26","type":"FFICSX","baseCurrency":"XBT","quoteCurrency":"USD","multiplier":-1.0,"isInverse":true,"tickSize":0.1,"lotSize":1,"status":"Paused"}]})"};
  ASSERT_TRUE(find("kucoin-futures")->read_markets(list.view(), out).has_value());
  ASSERT_THAT(out, SizeIs(2));
  EXPECT_EQ(out[0].kind, "perpetual");
  EXPECT_EQ(out[0].contract_size.to_text(), "0.001");
  EXPECT_TRUE(out[0].active);
  EXPECT_EQ(out[1].kind, "future");
  EXPECT_EQ(out[1].contract_size.to_text(), "1");
  EXPECT_FALSE(out[1].active);
}

}  // namespace
}  // namespace md::venue
