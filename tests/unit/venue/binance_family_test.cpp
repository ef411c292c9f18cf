// What the hosts of Binance's family are sent, and their market lists.
#include <gmock/gmock.h>

#include "market_lines.hpp"
#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(BinanceFamily, DeliveryHasOnePath) {
  const auto c = find("binance-delivery")
                     ->connections({{"BTCUSD_PERP"},
                                    {Type::trade, Type::derivative_ticker, Type::liquidation}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://dstream.binance.com/stream");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"method":"SUBSCRIBE","params":["btcusd_perp@trade","btcusd_perp@markPrice@1s","btcusd_perp@ticker","btcusd_perp@forceOrder"],"id":1})"));
}

TEST(BinanceFamily, AsterFuturesBearFewerStreams) {
  Subscription wanted{{}, {Type::trade, Type::book_change}};
  for (int i = 0; i < 150; ++i) wanted.symbols.push_back("S" + std::to_string(i) + "USDT");
  EXPECT_THAT(find("aster-futures")->connections(wanted), SizeIs(2));
  EXPECT_THAT(find("aster")->connections(wanted), SizeIs(1));
}

TEST(BinanceFamily, EachAsksItsOwnPaths) {
  EXPECT_EQ(find("binance-delivery")->book.snapshot_request("BTCUSD_PERP"),
            "/dapi/v1/depth?symbol=BTCUSD_PERP&limit=1000");
  EXPECT_EQ(find("aster-futures")->book.snapshot_request("BTCUSDT"),
            "/fapi/v3/depth?symbol=BTCUSDT&limit=1000");
  EXPECT_EQ(find("binance-us")->book.snapshot_request("BTCUSDT"),
            "/api/v3/depth?symbol=BTCUSDT&limit=1000");
}

TEST(BinanceFamily, Contracts) {
  EXPECT_THAT(markets("binance-delivery", R"({"symbols":[
        {"symbol":"BTCUSD_PERP","pair":"BTCUSD","contractType":"PERPETUAL","contractStatus":"TRADING","contractSize":100,"baseAsset":"BTC","quoteAsset":"USD","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.1"},{"filterType":"LOT_SIZE","stepSize":"1"}]},
        {"symbol":"ETHUSD_261225","pair":"ETHUSD","contractType":"CURRENT_QUARTER","contractStatus":"DELIVERING","contractSize":10,"baseAsset":"ETH","quoteAsset":"USD"}]})"),
              ElementsAre("BTCUSD_PERP BTC/USD perpetual on 0.1 1 100",
                          "ETHUSD_261225 ETH/USD future off 0 0 10"));
  EXPECT_THAT(markets("aster-futures", R"({"symbols":[
        {"symbol":"NEWUSDT","contractType":"","status":"PENDING_TRADING","baseAsset":"NEW","quoteAsset":"USDT"}]})"),
              ElementsAre("NEWUSDT NEW/USDT perpetual off 0 0 0"));
}

}  // namespace
}  // namespace md::venue
