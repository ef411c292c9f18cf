// Phemex: scales come by family, so the market list must have no other; and what is sent.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Phemex, ListHasNoProductOfAnotherScale) {
  const Padded list{
      R"({"code":0,"data":{"currencies":[],"products":[)"
      R"({"symbol":"BTCUSD","contractUnderlyingAssets":"USD","settleCurrency":"BTC","quoteCurrency":"USD","contractSize":1.0,"lotSize":1,"tickSize":0.5,"priceScale":4,"type":"Perpetual","status":"Listed"},)"
      R"({"symbol":"ODDUSD","contractUnderlyingAssets":"ODD","settleCurrency":"USD","quoteCurrency":"USD","contractSize":0.005,"lotSize":1,"tickSize":0.05,"priceScale":6,"type":"Perpetual","status":"Listed"},)"
      R"({"symbol":"sOLUSDT","baseCurrency":"OL","quoteCurrency":"USDT","baseTickSize":"0.01 OL","baseTickSizeEv":1000000,"quoteTickSize":"0.00001 USDT","quoteTickSizeEv":1000,"type":"Spot","status":"Delisted"}],)"
      R"("perpProductsV2":[{"symbol":"SOLUSDT","contractUnderlyingAssets":"SOL","settleCurrency":"USDT","quoteCurrency":"USDT","contractSize":"1","tickSize":"0.001","qtyStepSize":"0.01","priceScale":0,"type":"PerpetualV2","status":"Listed"}]}})"};
  std::vector<Market> out;
  ASSERT_TRUE(find("phemex")->read_markets(list.view(), out));
  std::vector<std::string> lines;
  for (const Market& m : out) {
    lines.push_back(fmt::format("{} {} {} {} {} {} {} {}", m.symbol, m.base, m.quote, m.kind,
                                m.active, m.tick.to_text(), m.step.to_text(),
                                m.contract_size.to_text()));
  }
  EXPECT_THAT(lines, ElementsAre("BTCUSD BTC USD perpetual true 0.5 1 1",
                                 "sOLUSDT OL USDT spot false 0.00001 0.01 0",
                                 "SOLUSDT SOL USDT perpetual true 0.001 0.01 0"));
}

TEST(Phemex, FamiliesHaveTheirOwnChannels) {
  const auto c =
      find("phemex")->connections({{"sOLUSDT", "BTCUSD", "SOLUSDT"},
                                   {Type::trade, Type::book_change, Type::derivative_ticker}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(c[0].send,
              ElementsAre(R"({"id":1,"method":"trade.subscribe","params":["sOLUSDT"]})",
                          R"({"id":2,"method":"orderbook.subscribe","params":["sOLUSDT",true]})",
                          R"({"id":3,"method":"trade.subscribe","params":["BTCUSD"]})",
                          R"({"id":4,"method":"orderbook.subscribe","params":["BTCUSD",true]})",
                          R"({"id":5,"method":"trade_p.subscribe","params":["SOLUSDT"]})",
                          R"({"id":6,"method":"orderbook_p.subscribe","params":["SOLUSDT",true]})",
                          R"({"id":101,"method":"market24h.subscribe","params":[]})",
                          R"({"id":102,"method":"perp_market24h_pack_p.subscribe","params":[]})"));
}

}  // namespace
}  // namespace md::venue
