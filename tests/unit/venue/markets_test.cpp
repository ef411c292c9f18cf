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

TEST(Markets, Blockchaincom) {
  EXPECT_THAT(markets("blockchaincom", R"({
        "BTC-USD":{"base_currency":"BTC","base_currency_scale":8,"counter_currency":"USD","counter_currency_scale":2,"min_price_increment":10,"min_price_increment_scale":2,"min_order_size":50,"min_order_size_scale":5,"lot_size":5,"lot_size_scale":8,"status":"open"},
        "ETH-BTC":{"base_currency":"ETH","counter_currency":"BTC","min_price_increment":1,"min_price_increment_scale":6,"lot_size":1,"lot_size_scale":0,"status":"halt"},
        "XLM-EUR":{"base_currency":"XLM","counter_currency":"EUR","min_price_increment":25,"min_price_increment_scale":0,"lot_size":1,"lot_size_scale":7,"status":"suspend"},
        "OLD-USD":{"base_currency":"OLD","counter_currency":"USD","min_price_increment":1,"min_price_increment_scale":2,"lot_size":1,"lot_size_scale":2,"status":"close"}})"),
              ElementsAre("BTC-USD BTC/USD spot on 0.1 0.00000005 0",
                          "ETH-BTC ETH/BTC spot off 0.000001 1 0",
                          "XLM-EUR XLM/EUR spot off 25 0.0000001 0",
                          "OLD-USD OLD/USD spot off 0.01 0.01 0"));
}

TEST(Markets, Bullish) {
  // Options are left out.
  EXPECT_THAT(markets("bullish", R"([
        {"symbol":"BTCUSDC","marketType":"SPOT","baseSymbol":"BTC","quoteSymbol":"USDC","settlementAssetSymbol":null,"underlyingBaseSymbol":null,"tickSize":"0.1000","quantityPrecision":8,"pricePrecision":4,"minQuantityLimit":"0.00050000","contractMultiplier":null,"expiryDatetime":null,"marketEnabled":true,"createOrderEnabled":true},
        {"symbol":"BTC-USDC-PERP","marketType":"PERPETUAL","baseSymbol":"BTC-USDC-PERP","quoteSymbol":"USDC","settlementAssetSymbol":"USDC","underlyingBaseSymbol":"BTC","tickSize":"0.1000","quantityPrecision":"4","contractMultiplier":1,"expiryDatetime":null,"marketEnabled":true,"createOrderEnabled":true},
        {"symbol":"ETH-USDC-20260925","marketType":"DATED_FUTURE","baseSymbol":"ETH-USDC-20260925","quoteSymbol":"USDC","underlyingBaseSymbol":"ETH","tickSize":"0.0500","quantityPrecision":3,"contractMultiplier":"0.1","expiryDatetime":"2026-09-25T08:00:00.000Z","marketEnabled":true,"createOrderEnabled":false},
        {"symbol":"OLDUSDC","marketType":"SPOT","baseSymbol":"OLD","quoteSymbol":"USDC","tickSize":"0.0001","quantityPrecision":2,"marketEnabled":false,"createOrderEnabled":true},
        {"symbol":"BTC-USDC-20260925-100000-C","marketType":"OPTION","baseSymbol":"BTC-USDC-20260925-100000-C","quoteSymbol":"USDC","underlyingBaseSymbol":"BTC","tickSize":"5.0000","quantityPrecision":2,"contractMultiplier":1,"marketEnabled":true,"createOrderEnabled":true}])"),
              ElementsAre("BTCUSDC BTC/USDC spot on 0.1 0.00000001 0",
                          "BTC-USDC-PERP BTC/USDC perpetual on 0.1 0.0001 1",
                          "ETH-USDC-20260925 ETH/USDC future off 0.05 0.001 0.1",
                          "OLDUSDC OLD/USDC spot off 0.0001 0.01 0"));
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

TEST(Markets, Hitbtc) {
  EXPECT_THAT(markets("hitbtc", R"({
        "ETHBTC":{"type":"spot","base_currency":"ETH","quote_currency":"BTC","status":"working","quantity_increment":"0.0001","tick_size":"0.000001"},
        "BTCUSD":{"type":"spot","base_currency":"BTC","quote_currency":"USDT","status":"suspended","quantity_increment":"0.00001","tick_size":"0.01"},
        "BTCUSDT_PERP":{"type":"futures","expiry":null,"underlying":"BTC","base_currency":null,"quote_currency":"USDT","quantity_increment":"0.0001","tick_size":"0.10","status":"working","contract_type":"perpetual"},
        "ETHUSDT_PERP":{"type":"futures","underlying":"ETH","quote_currency":"USDT","quantity_increment":"1","tick_size":"10","status":"suspended","contract_type":"perpetual"},
        "BTCUSDT_261225":{"type":"futures","expiry":"2026-12-25T08:00:00.000Z","underlying":"BTC","base_currency":"BTC","quote_currency":"USDT","quantity_increment":"0.001","tick_size":"0.5","status":"working"}})"),
              // Of USD in a symbol the quote may make USDT.
              ElementsAre("ETHBTC ETH/BTC spot on 0.000001 0.0001 0",
                          "BTCUSD BTC/USDT spot off 0.01 0.00001 0",
                          "BTCUSDT_PERP BTC/USDT perpetual on 0.1 0.0001 0",
                          "ETHUSDT_PERP ETH/USDT perpetual off 10 1 0",
                          "BTCUSDT_261225 BTC/USDT future on 0.5 0.001 0"));
}

TEST(Markets, Hyperliquid) {
  // Price steps depend on the price: there are none to tell.
  EXPECT_THAT(
      markets("hyperliquid", R"([
        {"universe":[
          {"szDecimals":5,"name":"BTC","maxLeverage":40,"marginTableId":56},
          {"szDecimals":0,"name":"kPEPE","maxLeverage":10},
          {"szDecimals":1,"name":"MATIC","maxLeverage":20,"isDelisted":true}],"collateralToken":0},
        {"universe":[{"szDecimals":3,"name":"xyz:TSLA","maxLeverage":10,"isDelisted":false}],"marginTables":[],"collateralToken":0}])"),
      ElementsAre("BTC BTC/USDC perpetual on 0 0.00001 0", "kPEPE kPEPE/USDC perpetual on 0 1 0",
                  "MATIC MATIC/USDC perpetual off 0 0.1 0",
                  "xyz:TSLA TSLA/USDC perpetual on 0 0.001 0"));
  // Tokens go by their index, not by their place.
  const std::string_view spot = R"({
        "universe":[
          {"tokens":[1,0],"name":"PURR/USDC","index":0,"isCanonical":true},
          {"tokens":[150,0],"name":"@107","index":107,"isCanonical":false}],
        "tokens":[
          {"name":"USDC","szDecimals":8,"weiDecimals":8,"index":0,"isCanonical":true},
          {"name":"HYPE","szDecimals":2,"weiDecimals":8,"index":150,"isCanonical":false},
          {"name":"PURR","szDecimals":0,"weiDecimals":5,"index":1,"isCanonical":true}]})";
  EXPECT_THAT(markets("hyperliquid", spot),
              ElementsAre("PURR/USDC PURR/USDC spot on 0 1 0", "@107 HYPE/USDC spot on 0 0.01 0"));
  EXPECT_THAT(
      markets(
          "hyperliquid",
          R"({"tokens":[{"name":"USDC","szDecimals":8,"index":0}],"universe":[{"tokens":[1,0],"name":"@1","index":1}]})"),
      ElementsAre("hyperliquid: spot pair of unknown tokens"));
}

TEST(Markets, KrakenFutures) {
  EXPECT_THAT(markets("kraken-futures",
                      R"({"result":"success","serverTime":"2026-05-01T00:00:00.000Z","instruments":[
        {"symbol":"PI_XBTUSD","type":"futures_inverse","underlying":"rr_xbtusd","base":"BTC","quote":"USD","pair":"BTC:USD","tickSize":0.5,"contractSize":1,"tradeable":true,"contractValueTradePrecision":0,"postOnly":false},
        {"symbol":"FI_XBTUSD_261225","type":"futures_inverse","lastTradingTime":"2026-12-25T16:00:00.000Z","base":"XBT","quote":"USD","pair":"XBT:USD","tickSize":0.5,"contractSize":1,"tradeable":true,"contractValueTradePrecision":0},
        {"symbol":"PF_XBTUSD","type":"flexible_futures","base":"BTC","quote":"USD","pair":"BTC:USD","tickSize":1,"contractSize":1,"tradeable":true,"contractValueTradePrecision":4},
        {"symbol":"FF_ETHUSD_261225","type":"flexible_futures","lastTradingTime":"2026-12-25T16:00:00.000Z","base":"ETH","quote":"USD","pair":"ETH:USD","tickSize":0.1,"contractSize":1,"tradeable":false,"contractValueTradePrecision":3},
        {"symbol":"pf_pepeusd","type":"flexible_futures","base":"PEPE","quote":"USD","pair":"PEPE:USD","tickSize":1E-10,"contractSize":1,"tradeable":true,"contractValueTradePrecision":-2},
        {"symbol":"IN_XBTUSD","type":"spot index","tradeable":false},
        {"symbol":"rr_xbtusd","type":"spot index","tradeable":false}]})"),
              ElementsAre("PI_XBTUSD BTC/USD perpetual on 0.5 1 1",
                          "FI_XBTUSD_261225 XBT/USD future on 0.5 1 1",
                          "PF_XBTUSD BTC/USD perpetual on 1 0.0001 0",
                          "FF_ETHUSD_261225 ETH/USD future off 0.1 0.001 0",
                          "PF_PEPEUSD PEPE/USD perpetual on 0.0000000001 100 0"));
}

TEST(Markets, Lighter) {
  EXPECT_THAT(
      markets("lighter", R"({"code":200,"order_books":[
        {"symbol":"ETH","market_id":0,"market_type":"perp","status":"active","min_base_amount":"0.0050","min_quote_amount":"10.000000","supported_size_decimals":4,"supported_price_decimals":2},
        {"symbol":"OLD","market_id":41,"market_type":"perp","status":"inactive","supported_size_decimals":0,"supported_price_decimals":6},
        {"symbol":"ETH/USDC","market_id":2048,"market_type":"spot","status":"active","supported_size_decimals":3,"supported_price_decimals":1},
        {"symbol":"LIT/USDC","market_id":2049,"market_type":"spot","status":"inactive","supported_size_decimals":2,"supported_price_decimals":4}]})"),
      // A perpetual's quote is not told.
      ElementsAre("0 ETH/ perpetual on 0.01 0.0001 0", "41 OLD/ perpetual off 0.000001 1 0",
                  "2048 ETH/USDC spot on 0.1 0.001 0", "2049 LIT/USDC spot off 0.0001 0.01 0"));
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

TEST(Markets, Poloniex) {
  EXPECT_THAT(markets("poloniex", R"([
        {"symbol":"BTC_USDT","baseCurrencyName":"BTC","quoteCurrencyName":"USDT","displayName":"BTC/USDT","state":"NORMAL","visibleStartTime":1659018819512,"symbolTradeLimit":{"symbol":"BTC_USDT","priceScale":2,"quantityScale":6,"amountScale":2,"minQuantity":"0.000001","minAmount":"1"}},
        {"symbol":"OLD_TRX","baseCurrencyName":"OLD","quoteCurrencyName":"TRX","displayName":"OLD/TRX","state":"PAUSE","symbolTradeLimit":{"symbol":"OLD_TRX","priceScale":7,"quantityScale":0,"amountScale":4}},
        {"symbol":"NEW_USDT","baseCurrencyName":"NEW","quoteCurrencyName":"USDT","displayName":"NEW/USDT","state":"POST_ONLY","symbolTradeLimit":{"symbol":"NEW_USDT","priceScale":5,"quantityScale":1,"amountScale":5}}])"),
              ElementsAre("BTC_USDT BTC/USDT spot on 0.01 0.000001 0",
                          "OLD_TRX OLD/TRX spot off 0.0000001 1 0",
                          "NEW_USDT NEW/USDT spot off 0.00001 0.1 0"));
  EXPECT_THAT(markets("poloniex", R"({"code":200,"msg":"Success","data":[
        {"symbol":"BNB_USDT_PERP","bAsset":".PBNBUSDT","bCcy":"BNB","qCcy":"USDT","sCcy":"USDT","visibleStartTime":"1620390600000","tSz":"0.01","lotSz":"1","ctVal":"0.1","status":"OPEN","ctType":"LINEAR"},
        {"symbol":"OLD_USDT_PERP","bAsset":".POLDUSDT","bCcy":"OLD","qCcy":"USDT","sCcy":"USDT","tSz":"0.0001","lotSz":"1","ctVal":"10","status":"PAUSE","ctType":"LINEAR"}]})"),
              ElementsAre("BNB_USDT_PERP BNB/USDT perpetual on 0.01 1 0.1",
                          "OLD_USDT_PERP OLD/USDT perpetual off 0.0001 1 10"));
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
