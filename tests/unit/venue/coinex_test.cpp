// What is sent to CoinEx, and its market lists.
#include <gmock/gmock.h>

#include "market_lines.hpp"
#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Coinex, ARequestAMethod) {
  const auto c = find("coinex")->connections(
      {{"BTCUSDT", "ETHUSDT"}, {Type::trade, Type::book_change, Type::book_ticker}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://socket.coinex.com/v2/spot");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"method":"deals.subscribe","params":{"market_list":["BTCUSDT","ETHUSDT"]},"id":1})",
          R"({"method":"depth.subscribe","params":{"market_list":[["BTCUSDT",50,"0",false],["ETHUSDT",50,"0",false]]},"id":2})",
          R"({"method":"bbo.subscribe","params":{"market_list":["BTCUSDT","ETHUSDT"]},"id":3})"));
}

TEST(Coinex, ResubscribesTheBookAlone) {
  EXPECT_THAT(
      find("coinex-futures")->book.resubscribe("BTCUSDT"),
      ElementsAre(
          R"({"method":"depth.unsubscribe","params":{"market_list":["BTCUSDT"]},"id":1})",
          R"({"method":"depth.subscribe","params":{"market_list":[["BTCUSDT",50,"0",false]]},"id":2})"));
}

TEST(Coinex, Markets) {
  EXPECT_THAT(markets("coinex", R"({"code":0,"data":[
        {"market":"BTCUSDT","base_ccy":"BTC","quote_ccy":"USDT","status":"bidding","base_ccy_precision":8,"quote_ccy_precision":2}]})"),
              ElementsAre("BTCUSDT BTC/USDT spot off 0.01 0.00000001 0"));
  EXPECT_THAT(markets("coinex-futures", R"({"code":0,"data":[
        {"market":"BTCUSDT","contract_type":"linear","base_ccy":"BTC","quote_ccy":"USDT","tick_size":"0.05","base_ccy_precision":4,"is_market_available":true,"status":"online"},
        {"market":"BTCUSD","contract_type":"inverse","base_ccy":"BTC","quote_ccy":"USD","tick_size":"0.5","base_ccy_precision":8,"is_market_available":false}]})"),
              ElementsAre("BTCUSDT BTC/USDT perpetual on 0.05 0.0001 0",
                          "BTCUSD BTC/USD perpetual off 0.5 0 1"));
}

}  // namespace
}  // namespace md::venue
