// Market lists, written by hand after the venues' pages.
#include <gmock/gmock.h>

#include "market_lines.hpp"
#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Markets, Binance) {
  EXPECT_THAT(
      markets("binance", R"({"timezone":"UTC","symbols":[
        {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[
          {"filterType":"LOT_SIZE","minQty":"0.00001000","stepSize":"0.00001000"},
          {"filterType":"PRICE_FILTER","minPrice":"0.01","tickSize":"0.01000000"}]},
        {"symbol":"OLDBTC","status":"BREAK","baseAsset":"OLD","quoteAsset":"BTC","filters":[]}]})"),
      ElementsAre("BTCUSDT BTC/USDT spot on 0.01 0.00001 0", "OLDBTC OLD/BTC spot off 0 0 0"));
}

TEST(Markets, BinanceFutures) {
  EXPECT_THAT(
      markets("binance-futures", R"({"symbols":[
        {"symbol":"BTCUSDT","contractType":"PERPETUAL","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT"},
        {"symbol":"TSLAUSDT","contractType":"TRADIFI_PERPETUAL","status":"TRADING","baseAsset":"TSLA","quoteAsset":"USDT"},
        {"symbol":"BTCUSDT_261225","contractType":"CURRENT_QUARTER","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT"}]})"),
      ElementsAre("BTCUSDT BTC/USDT perpetual on 0 0 0", "TSLAUSDT TSLA/USDT perpetual on 0 0 0",
                  "BTCUSDT_261225 BTC/USDT future on 0 0 0"));
}

TEST(Markets, Coinbase) {
  EXPECT_THAT(
      markets("coinbase", R"([
        {"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","status":"online","trading_disabled":false,"quote_increment":"0.01","base_increment":"0.00000001"},
        {"id":"ETH-EUR","base_currency":"ETH","quote_currency":"EUR","status":"online","trading_disabled":true,"quote_increment":"0.01","base_increment":"0.0001"},
        {"id":"OLD-USD","base_currency":"OLD","quote_currency":"USD","status":"delisted","quote_increment":"0.01","base_increment":"1"}])"),
      ElementsAre("BTC-USD BTC/USD spot on 0.01 0.00000001 0",
                  "ETH-EUR ETH/EUR spot off 0.01 0.0001 0", "OLD-USD OLD/USD spot off 0.01 1 0"));
  EXPECT_THAT(markets("coinbase", R"({"message":"NotFound"})"),
              ElementsAre("coinbase: broken product list"));
}

TEST(Markets, Okx) {
  EXPECT_THAT(markets("okx", R"({"code":"0","msg":"","data":[
        {"instId":"BTC-USDT","instType":"SPOT","baseCcy":"BTC","quoteCcy":"USDT","ctVal":"","ctMult":"","state":"live","tickSz":"0.1","lotSz":"0.00000001"},
        {"instId":"BTC-USDC-SWAP","instType":"SWAP","baseCcy":"","quoteCcy":"","uly":"BTC-USDC","ctType":"linear","ctVal":"0.01","ctMult":"1","ctValCcy":"BTC","state":"live","tickSz":"0.1","lotSz":"0.01"},
        {"instId":"BTC-USD-261225","instType":"FUTURES","baseCcy":"","quoteCcy":"","ctType":"inverse","ctVal":"100","ctMult":"0.5","state":"suspend","tickSz":"0.1","lotSz":"1"},
        {"instId":"BTC-USD_UM_XPERP-310404","instType":"FUTURES","baseCcy":"","quoteCcy":"","ctVal":"0.0001","ctMult":"1","state":"live","tickSz":"","lotSz":""},
        {"instId":"BTC-USD-261225-90000-C","instType":"OPTION","baseCcy":"","quoteCcy":"","ctVal":"1","ctMult":"0.01","state":"live","tickSz":"0.0005","lotSz":"1"}]})"),
              ElementsAre("BTC-USDT BTC/USDT spot on 0.1 0.00000001 0",
                          "BTC-USDC-SWAP BTC/USDC perpetual on 0.1 0.01 0.01",
                          "BTC-USD-261225 BTC/USD future off 0.1 1 50",
                          "BTC-USD_UM_XPERP-310404 BTC/USD perpetual on 0 0 0.0001",
                          "BTC-USD-261225-90000-C BTC/USD option on 0.0005 1 0.01"));
  // No number is too absurd to be passed over.
  const std::string nines(38, '9');
  EXPECT_THAT(
      markets(
          "okx",
          fmt::format(
              R"({{"data":[{{"instId":"A-B","baseCcy":"A","quoteCcy":"B","ctVal":"{}","ctMult":"{}"}}]}})",
              nines, nines)),
      ElementsAre("A-B A/B spot off 0 0 0"));
}

TEST(Markets, Bitstamp) {
  EXPECT_THAT(markets("bitstamp", R"([
        {"name":"BTC/USD","market_symbol":"btcusd","base_currency":"BTC","base_decimals":8,"counter_currency":"USD","counter_decimals":0,"trading":"Enabled","market_type":"SPOT"},
        {"name":"BTC/USD-PERP","market_symbol":"btcusd-perp","base_currency":"BTC","base_decimals":5,"counter_currency":"USD","counter_decimals":1,"trading":"Disabled","market_type":"PERPETUAL","contract_size":"1.00000000"}])"),
              ElementsAre("btcusd BTC/USD spot on 1 0.00000001 0",
                          "btcusd-perp BTC/USD perpetual off 0.1 0.00001 0"));
  // The list of before 2025.
  EXPECT_THAT(
      markets(
          "bitstamp",
          R"([{"trading": "Enabled", "base_decimals": 8, "url_symbol": "btceur", "name": "BTC/EUR", "minimum_order": "20.0 EUR", "counter_decimals": 2}])"),
      ElementsAre("btceur BTC/EUR spot on 0.01 0.00000001 0"));
}

TEST(Markets, Kraken) {
  EXPECT_THAT(markets("kraken", R"({"error":[],"result":{
        "XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT\/USD","base":"XXBT","quote":"ZUSD","pair_decimals":1,"lot_decimals":8,"ordermin":"0.00005","tick_size":"0.1","status":"online"},
        "XXDGXXBT":{"altname":"XDGXBT","wsname":"XDG\/XBT","pair_decimals":9,"lot_decimals":8,"status":"cancel_only"},
        "AAPLxUSD":{"altname":"AAPLxUSD","wsname":"AAPLx\/USD","pair_decimals":2,"lot_decimals":8},
        "XXBTZUSD.d":{"altname":"XBTUSD.d","wsname":"XBT\/USD","pair_decimals":1,"lot_decimals":8,"status":"online"},
        "NOSOCKET":{"altname":"NOSOCKET","pair_decimals":1,"lot_decimals":8,"status":"online"}}})"),
              ElementsAre("BTC/USD BTC/USD spot on 0.1 0.00000001 0",
                          "DOGE/BTC DOGE/BTC spot off 0.000000001 0.00000001 0",
                          "AAPLx/USD AAPLx/USD spot on 0.01 0.00000001 0"));
}

TEST(Markets, BrokenListsAreErrors) {
  for (const Venue* venue : all()) {
    std::vector<Market> out;
    for (const std::string_view text :
         {"", "null", "\"busy\"", "[1", "{\"symbols\":3,\"data\":3,\"result\":3}", "[3]"}) {
      const Padded padded{text};
      EXPECT_FALSE(venue->read_markets(padded.view(), out)) << venue->id << ' ' << text;
    }
    EXPECT_THAT(out, IsEmpty());
  }
}

}  // namespace
}  // namespace md::venue
