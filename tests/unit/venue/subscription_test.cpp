// What is sent to each venue, against the pages its file names.
#include <gmock/gmock.h>

#include <set>

#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Connection> connect(std::string_view venue, std::vector<std::string> symbols,
                                Types types) {
  return find(venue)->connections({std::move(symbols), types});
}

std::vector<std::string> names(std::size_t count, std::string_view form) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(std::to_string(i) + std::string(form));
  return out;
}

TEST(Subscription, BinanceCombinesStreams) {
  const auto c = connect("binance", {"BTCUSDT", "币安人生USDT"}, {Type::trade, Type::book_change});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://stream.binance.com:9443/stream");
  EXPECT_THAT(c[0].symbols, ElementsAre("BTCUSDT", "币安人生USDT"));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"method":"SUBSCRIBE","params":["btcusdt@trade","btcusdt@depth@100ms","币安人生usdt@trade","币安人生usdt@depth@100ms"],"id":1})"));
}

TEST(Subscription, BinanceKeepsToItsLimits) {
  const auto c = connect("binance", names(600, "USDT"), {Type::trade, Type::book_ticker});
  ASSERT_THAT(c, SizeIs(2));  // 1200 streams, 1024 a connection
  EXPECT_THAT(c[0].send, SizeIs(6));
  EXPECT_THAT(c[1].send, SizeIs(1));
  EXPECT_EQ(c[0].symbols.size() + c[1].symbols.size(), 600u);
}

TEST(Subscription, BinanceFuturesSplitsPaths) {
  const auto c = connect("binance-futures", {"BTCUSDT"},
                         {Type::book_change, Type::derivative_ticker, Type::liquidation});
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_EQ(c[0].url, "wss://fstream.binance.com/market/stream");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"method":"SUBSCRIBE","params":["btcusdt@markPrice@1s","btcusdt@ticker","btcusdt@forceOrder"],"id":1})"));
  EXPECT_EQ(c[1].url, "wss://fstream.binance.com/public/stream");
  EXPECT_THAT(c[1].send,
              ElementsAre(R"({"method":"SUBSCRIBE","params":["btcusdt@depth@100ms"],"id":1})"));
}

TEST(Subscription, CoinbaseAlwaysHasHeartbeats) {
  const auto c = connect("coinbase", {"BTC-USD", "ETH-USD"}, {Type::trade, Type::book_change});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://ws-feed.exchange.coinbase.com");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"type":"subscribe","channels":[{"name":"matches","product_ids":["BTC-USD","ETH-USD"]},{"name":"level2_batch","product_ids":["BTC-USD","ETH-USD"]},{"name":"heartbeat","product_ids":["BTC-USD","ETH-USD"]}]})"));
  EXPECT_THAT(
      find("coinbase")->book.resubscribe("BTC-USD"),
      ElementsAre(
          R"({"type":"unsubscribe","channels":[{"name":"level2_batch","product_ids":["BTC-USD"]}]})",
          R"({"type":"subscribe","channels":[{"name":"level2_batch","product_ids":["BTC-USD"]}]})"));
}

TEST(Subscription, OkxTakesSingleTradesFromTheBusinessPath) {
  const auto c = connect("okx", {"BTC-USDT"}, find("okx")->types);
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_EQ(c[0].url, "wss://ws.okx.com:8443/ws/v5/public");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"},{"channel":"bbo-tbt","instId":"BTC-USDT"}]})"));
  EXPECT_EQ(c[1].url, "wss://ws.okx.com:8443/ws/v5/business");
  EXPECT_THAT(
      c[1].send,
      ElementsAre(R"({"op":"subscribe","args":[{"channel":"trades-all","instId":"BTC-USDT"}]})"));
}

TEST(Subscription, OkxDerivativesShareIndexAndLiquidations) {
  const auto c =
      connect("okx", {"BTC-USD-SWAP", "BTC-USD-261225", "BTC-USD_UM_XPERP-310404", "BTC-USDT"},
              {Type::derivative_ticker, Type::liquidation});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USD-SWAP"},{"channel":"mark-price","instId":"BTC-USD-SWAP"},{"channel":"open-interest","instId":"BTC-USD-SWAP"},{"channel":"funding-rate","instId":"BTC-USD-SWAP"},)"
          R"({"channel":"tickers","instId":"BTC-USD-261225"},{"channel":"mark-price","instId":"BTC-USD-261225"},{"channel":"open-interest","instId":"BTC-USD-261225"},)"
          R"({"channel":"tickers","instId":"BTC-USD_UM_XPERP-310404"},{"channel":"mark-price","instId":"BTC-USD_UM_XPERP-310404"},{"channel":"open-interest","instId":"BTC-USD_UM_XPERP-310404"},{"channel":"funding-rate","instId":"BTC-USD_UM_XPERP-310404"},)"
          R"({"channel":"index-tickers","instId":"BTC-USD"},{"channel":"liquidation-orders","instType":"SWAP"},{"channel":"liquidation-orders","instType":"FUTURES"}]})"));
}

// The channel is of the whole market: something must tell the session what was asked for.
TEST(Subscription, OkxLiquidationsAloneBringAChannelOfTheInstrument) {
  const auto c = connect("okx", {"BTC-USDT-SWAP", "ETH-USDT"}, {Type::liquidation});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"op":"subscribe","args":[{"channel":"open-interest","instId":"BTC-USDT-SWAP"},{"channel":"liquidation-orders","instType":"SWAP"}]})"));
}

TEST(Subscription, OkxRequestsStayBelow64KiB) {
  for (const Connection& c : connect("okx", names(300, "LONGNAME-USDT-SWAP"), find("okx")->types)) {
    EXPECT_LE(c.send.size(), 10u);
    for (const std::string& frame : c.send) EXPECT_LT(frame.size(), 65536u);
  }
}

TEST(Subscription, BitstampHasAFrameForEachChannel) {
  const auto c = connect("bitstamp", {"btcusd", "btcusd-perp"}, find("bitstamp")->types);
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://ws.bitstamp.net");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(R"({"event":"bts:subscribe","data":{"channel":"live_trades_btcusd"}})",
                  R"({"event":"bts:subscribe","data":{"channel":"diff_order_book_btcusd"}})",
                  R"({"event":"bts:subscribe","data":{"channel":"live_trades_btcusd-perp"}})",
                  R"({"event":"bts:subscribe","data":{"channel":"diff_order_book_btcusd-perp"}})",
                  R"({"event":"bts:subscribe","data":{"channel":"funding_rate_btcusd-perp"}})"));
  for (const std::string& frame : c[0].send) EXPECT_LT(frame.size(), 512u);
  EXPECT_EQ(find("bitstamp")->book.snapshot_request("btcusd-perp"),
            "/api/v2/order_book/btcusd-perp/?group=1");
  EXPECT_THAT(connect("bitstamp", {"btcusd"}, {Type::derivative_ticker}), IsEmpty());
  for (const Connection& each : connect("bitstamp", names(1000, "x-perp"), find("bitstamp")->types))
    EXPECT_LE(each.send.size(), 1024u);
}

TEST(Subscription, KrakenKeepsTheCaseOfNames) {
  const auto c = connect("kraken", {"BTC/USD", "AAPLx/USD"}, find("kraken")->types);
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://ws.kraken.com/v2");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD","AAPLx/USD"],"snapshot":false},"req_id":1})",
          R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD","AAPLx/USD"],"depth":1000},"req_id":2})",
          R"({"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD","AAPLx/USD"],"event_trigger":"bbo"},"req_id":3})"));
  EXPECT_THAT(
      find("kraken")->book.resubscribe("BTC/USD"),
      ElementsAre(
          R"({"method":"unsubscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":1000},"req_id":1})",
          R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"],"depth":1000},"req_id":2})"));
}

TEST(Registry, NamesOfOthersFindTheVenue) {
  EXPECT_EQ(find("gdax")->id, "coinbase");
  EXPECT_EQ(find("coinbasepro")->id, "coinbase");
  EXPECT_EQ(find("okex")->id, "okx");
  EXPECT_EQ(find("binance-futures")->id, "binance-futures");
  EXPECT_EQ(find("BINANCE"), nullptr);
  EXPECT_EQ(find(""), nullptr);
}

// Its ticker has quotes and funding, its trades are liquidations too.
TEST(Subscription, KrakenFuturesTakesAFeedOfTwoTypesOnce) {
  const auto c =
      connect("kraken-futures", {"PI_XBTUSD", "PF_XBTUSD"},
              {Type::trade, Type::liquidation, Type::book_ticker, Type::derivative_ticker});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"event":"subscribe","feed":"heartbeat"})",
          R"({"event":"subscribe","feed":"trade","product_ids":["PI_XBTUSD","PF_XBTUSD"]})",
          R"({"event":"subscribe","feed":"ticker","product_ids":["PI_XBTUSD","PF_XBTUSD"]})"));
}

TEST(Subscription, PoloniexSplitsSpotAndPerpetuals) {
  const auto c = connect("poloniex", {"BTC_USDT", "BTC_USDT_PERP"}, {Type::trade});
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_EQ(c[0].url, "wss://ws.poloniex.com/ws/public");
  EXPECT_THAT(c[0].symbols, ElementsAre("BTC_USDT"));
  EXPECT_EQ(c[1].url, "wss://ws.poloniex.com/ws/v3/public");
  EXPECT_THAT(c[1].symbols, ElementsAre("BTC_USDT_PERP"));
}

// What every driver may rely on.
TEST(Registry, EachVenueIsWhole) {
  std::set<std::string_view> seen;
  for (const Venue* v : all()) {
    SCOPED_TRACE(v->id);
    EXPECT_TRUE(seen.insert(v->id).second);
    for (const std::string_view alias : v->aliases) EXPECT_TRUE(seen.insert(alias).second) << alias;
    EXPECT_TRUE(v->ws_url.starts_with("wss://"));
    EXPECT_TRUE(v->rest_url.starts_with("https://"));
    EXPECT_FALSE(v->rest_url.ends_with('/'));
    EXPECT_FALSE(v->types.empty());
    EXPECT_FALSE(v->market_lists.empty());
    EXPECT_EQ(v->limits.ping_interval_ms != 0, !v->limits.ping.empty());
    EXPECT_LT(v->limits.ping_interval_ms, v->limits.silence_ms);
    EXPECT_NE(v->book.snapshot, BookRule::Snapshot::none);
    if (v->book.snapshot == BookRule::Snapshot::rest) {
      EXPECT_TRUE(v->book.snapshot_request != nullptr || v->book.resubscribe != nullptr);
    }
    if (v->book.snapshot == BookRule::Snapshot::in_stream) {
      EXPECT_TRUE(v->book.resubscribe != nullptr);
    }
    EXPECT_EQ(v->book.checksum != nullptr, v->book.checksum_depth > 0);
    EXPECT_THAT(v->connections({{}, v->types}), IsEmpty());
    for (const Connection& c : v->connections({{"A-B-SWAP", "C-D"}, v->types})) {
      EXPECT_TRUE(c.url.starts_with(v->ws_url.substr(0, v->ws_url.find('/', 6))));
      EXPECT_FALSE(c.send.empty());
      EXPECT_FALSE(c.symbols.empty());
    }
  }
}

}  // namespace
}  // namespace md::venue
