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

TEST(Markets, CryptoCom) {
  EXPECT_THAT(markets("crypto-com",
                      R"({"id":-1,"method":"public/get-instruments","code":0,"result":{"data":[
        {"symbol":"BTC_USDT","inst_type":"CCY_PAIR","base_ccy":"BTC","quote_ccy":"USDT","price_tick_size":"0.01","qty_tick_size":"0.00001","tradable":true,"expiry_timestamp_ms":0},
        {"symbol":"BTCUSD-PERP","inst_type":"PERPETUAL_SWAP","base_ccy":"BTC","quote_ccy":"USD","price_tick_size":"0.1","qty_tick_size":"0.0001","tradable":true,"contract_size":"1"},
        {"symbol":"ETHUSD-261225","inst_type":"FUTURE","base_ccy":"ETH","quote_ccy":"USD","price_tick_size":"0.01","qty_tick_size":"0.0001","tradable":false},
        {"symbol":"BTCUSD-261225-CW90000","inst_type":"WARRANT","base_ccy":"BTC","quote_ccy":"USD","tradable":true}]}})"),
              ElementsAre("BTC_USDT BTC/USDT spot on 0.01 0.00001 0",
                          "BTCUSD-PERP BTC/USD perpetual on 0.1 0.0001 0",
                          "ETHUSD-261225 ETH/USD future off 0.01 0.0001 0"));
}

TEST(Markets, Mexc) {
  EXPECT_THAT(
      markets("mexc", R"({"timezone":"CST","symbols":[
        {"symbol":"BTCUSDT","status":"1","baseAsset":"BTC","baseAssetPrecision":8,"quoteAsset":"USDT","quotePrecision":2,"baseSizePrecision":"0.000001","isSpotTradingAllowed":true},
        {"symbol":"OLDUSDT","status":"1","baseAsset":"OLD","quoteAsset":"USDT","quotePrecision":6,"baseSizePrecision":"0","isSpotTradingAllowed":false},
        {"symbol":"XUSDT","status":"2","baseAsset":"X","quoteAsset":"USDT","quotePrecision":4,"baseSizePrecision":"1","isSpotTradingAllowed":true}]})"),
      ElementsAre("BTCUSDT BTC/USDT spot on 0.01 0.000001 0",
                  "OLDUSDT OLD/USDT spot off 0.000001 0 0", "XUSDT X/USDT spot off 0.0001 1 0"));
  EXPECT_THAT(markets("mexc-futures", R"({"success":true,"code":0,"data":[
        {"symbol":"BTC_USDT","baseCoin":"BTC","quoteCoin":"USDT","settleCoin":"USDT","contractSize":0.0001,"priceUnit":0.1,"volUnit":1,"state":0},
        {"symbol":"BTC_USD","baseCoin":"BTC","quoteCoin":"USD","settleCoin":"BTC","contractSize":100,"priceUnit":0.5,"volUnit":1,"state":4}]})"),
              ElementsAre("BTC_USDT BTC/USDT perpetual on 0.1 1 0.0001",
                          "BTC_USD BTC/USD perpetual off 0.5 1 100"));
}

TEST(Markets, Woox) {
  EXPECT_THAT(markets("woox", R"({"success":true,"data":{"rows":[
        {"symbol":"SPOT_BTC_USDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","quoteTick":"0.01","baseTick":"0.000001"},
        {"symbol":"PERP_BTC_USDT","status":"SUSPENDED","baseAsset":"BTC","quoteAsset":"USDT","quoteTick":"0.1","baseTick":"0.0001"}]},"timestamp":1})"),
              ElementsAre("SPOT_BTC_USDT BTC/USDT spot on 0.01 0.000001 0",
                          "PERP_BTC_USDT BTC/USDT perpetual off 0.1 0.0001 0"));
}

TEST(Markets, Whitebit) {
  EXPECT_THAT(markets("whitebit", R"([
        {"name":"ETH_BTC","stock":"ETH","money":"BTC","stockPrec":"4","moneyPrec":"6","minAmount":"0.001","tradesEnabled":true,"isCollateral":true,"type":"spot"},
        {"name":"BTC_PERP","stock":"BTC","money":"USDT","stockPrec":3,"moneyPrec":1,"tradesEnabled":false,"type":"futures"}])"),
              ElementsAre("ETH_BTC ETH/BTC spot on 0.000001 0.0001 0",
                          "BTC_PERP BTC/USDT perpetual off 0.1 0.001 0"));
}

TEST(Markets, Bitvavo) {
  EXPECT_THAT(
      markets("bitvavo", R"([
        {"market":"BTC-EUR","status":"trading","base":"BTC","quote":"EUR","pricePrecision":5,"tickSize":"1.00","quantityDecimals":8,"minOrderInQuoteAsset":"5.00"},
        {"market":"OLD-EUR","status":"halted","base":"OLD","quote":"EUR","pricePrecision":5}])"),
      ElementsAre("BTC-EUR BTC/EUR spot on 1 0.00000001 0", "OLD-EUR OLD/EUR spot off 0 0 0"));
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
