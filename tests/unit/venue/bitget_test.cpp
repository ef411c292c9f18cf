// What is sent to Bitget, and its market lists.
#include <gmock/gmock.h>

#include "market_lines.hpp"
#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Bitget, ProductsStandInTheArguments) {
  const auto c = find("bitget-futures")
                     ->connections({{"BTCUSDT", "BTCPERP", "BTCUSDZ26"},
                                    {Type::trade, Type::derivative_ticker}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://ws.bitget.com/v3/ws/public");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"op":"subscribe","args":[{"instType":"usdt-futures","topic":"publicTrade","symbol":"BTCUSDT"},{"instType":"usdt-futures","topic":"ticker","symbol":"BTCUSDT"},{"instType":"usdc-futures","topic":"publicTrade","symbol":"BTCPERP"},{"instType":"usdc-futures","topic":"ticker","symbol":"BTCPERP"},{"instType":"coin-futures","topic":"publicTrade","symbol":"BTCUSDZ26"},{"instType":"coin-futures","topic":"ticker","symbol":"BTCUSDZ26"}]})"));
}

TEST(Bitget, LiquidationsComeOnceAProductBehindWhatNamesTheSymbols) {
  const auto c = find("bitget-futures")->connections({{"BTCUSDT", "ETHUSDT"}, {Type::liquidation}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"op":"subscribe","args":[{"instType":"usdt-futures","topic":"ticker","symbol":"BTCUSDT"},{"instType":"usdt-futures","topic":"ticker","symbol":"ETHUSDT"},{"instType":"usdt-futures","topic":"liquidation"}]})"));
}

TEST(Bitget, ResubscribesTheBookAlone) {
  EXPECT_THAT(
      find("bitget")->book.resubscribe("BTCUSDT"),
      ElementsAre(
          R"({"op":"unsubscribe","args":[{"instType":"spot","topic":"books","symbol":"BTCUSDT"}]})",
          R"({"op":"subscribe","args":[{"instType":"spot","topic":"books","symbol":"BTCUSDT"}]})"));
}

TEST(Bitget, Markets) {
  EXPECT_THAT(markets("bitget-futures", R"({"code":"00000","data":[
        {"symbol":"BTCUSDT","category":"USDT-FUTURES","baseCoin":"BTC","quoteCoin":"USDT","status":"online","type":"perpetual","pricePrecision":"1","priceMultiplier":"0.1","quantityPrecision":"4","quantityMultiplier":"0.0001"},
        {"symbol":"BTCUSDZ26","category":"COIN-FUTURES","baseCoin":"BTC","quoteCoin":"USD","status":"limit_open","type":"delivery","pricePrecision":"1","quantityPrecision":"3"}]})"),
              ElementsAre("BTCUSDT BTC/USDT perpetual on 0.1 0.0001 0",
                          "BTCUSDZ26 BTC/USD future off 0.1 0.001 0"));
}

}  // namespace
}  // namespace md::venue
