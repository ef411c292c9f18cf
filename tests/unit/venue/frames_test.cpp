// What each kind of frame is.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The kind's name, or "malformed".
std::string_view kind_of(const Result<FrameKind>& kind) {
  return kind ? to_text(*kind) : std::string_view{"malformed"};
}
std::string_view kind(Session& session, std::string_view frame, Sink& out) {
  const Padded padded{frame};
  return kind_of(session.on_frame({padded.view(), 0}, out));
}
std::string_view kind(std::string_view venue, std::string_view frame) {
  Probe probe;
  return kind(*find(venue)->session(), frame, probe);
}

TEST(Frames, Binance) {
  EXPECT_EQ(kind("binance", R"({"result":null,"id":1})"), "ack");
  EXPECT_EQ(kind("binance", R"({"error":{"code":2,"msg":"x"},"id":1})"), "error");
  EXPECT_EQ(kind("binance", R"({"code":2,"msg":"x"})"), "error");
  EXPECT_EQ(kind("binance", R"({"stream":"x@kline_1m","data":{"e":"kline","s":"X"}})"), "ignored");
  EXPECT_EQ(kind("binance", R"({"stream":"x","data":{"e":"new"}})"), "unknown");
  EXPECT_EQ(kind("binance", "[1]"), "unknown");
  EXPECT_EQ(kind("binance", R"({"e":"trade","s":"X","t":1,"p":"1","q":"1","T":1})"), "malformed");
  EXPECT_EQ(kind("binance-futures",
                 R"({"e":"trade","s":"X","t":1,"p":"1","q":"1","T":1,"m":true,"X":"ADL"})"),
            "empty");
  Probe probe;
  EXPECT_EQ(kind(*find("binance")->session(), R"({"e":"serverShutdown","E":1})", probe), "status");
  EXPECT_THAT(probe.requests, ElementsAre("reconnect serverShutdown"));
}

TEST(Frames, Coinbase) {
  EXPECT_EQ(kind("coinbase", R"({"type":"subscriptions","channels":[]})"), "ack");
  EXPECT_EQ(kind("coinbase", R"({"type":"heartbeat","last_trade_id":1,"product_id":"A-B"})"),
            "heartbeat");
  EXPECT_EQ(kind("coinbase", R"({"type":"error","message":"x"})"), "error");
  EXPECT_EQ(kind("coinbase", R"({"type":"last_match","trade_id":1,"product_id":"A-B"})"),
            "history");
  EXPECT_EQ(kind("coinbase", R"({"type":"done","product_id":"A-B"})"), "ignored");
  EXPECT_EQ(kind("coinbase", R"({"type":"new"})"), "unknown");
  EXPECT_EQ(kind("coinbase", "[]"), "unknown");
  EXPECT_EQ(kind("coinbase", R"({"type":"l2update","product_id":"A-B","changes":[]})"), "empty");
  EXPECT_EQ(kind("coinbase", R"({"type":"l2update","product_id":"A-B","changes":[["buy","1"]]})"),
            "malformed");
  EXPECT_EQ(
      kind("coinbase", R"({"type":"l2update","product_id":"A-B","changes":[["up","1","1"]]})"),
      "malformed");
  EXPECT_EQ(kind("coinbase", R"({"type":"match","trade_id":1,"price":"1","size":"1"})"),
            "malformed");
}

TEST(Frames, Okx) {
  EXPECT_EQ(kind("okx", "pong"), "heartbeat");
  EXPECT_EQ(kind("okx", "pon"), "malformed");
  EXPECT_EQ(kind("okx", R"({"event":"subscribe","arg":{"channel":"books","instId":"A-B"}})"),
            "ack");
  EXPECT_EQ(kind("okx", R"({"event":"unsubscribe","arg":{"channel":"books","instId":"A-B"}})"),
            "ack");
  EXPECT_EQ(kind("okx", R"({"event":"error","code":"60018","msg":"x"})"), "error");
  EXPECT_EQ(kind("okx", R"({"event":"notice","code":"1","msg":"x"})"), "status");
  EXPECT_EQ(kind("okx", R"({"event":"new"})"), "unknown");
  EXPECT_EQ(kind("okx", R"({"arg":{"channel":"candle1D","instId":"A-B"},"data":[["1"]]})"),
            "ignored");
  EXPECT_EQ(kind("okx", R"({"arg":{"channel":"new","instId":"A-B"},"data":[{}]})"), "unknown");
  EXPECT_EQ(kind("okx", R"({"arg":{"channel":"trades","instId":"A-B"},"data":[]})"), "empty");
  EXPECT_EQ(kind("okx", R"({"arg":{"channel":"trades","instId":"A-B"},"data":[["1"]]})"),
            "malformed");
  EXPECT_EQ(kind("okx", R"({"arg":{"channel":"tickers","instId":"A-B"},"data":[{"last":"1"}]})"),
            "ignored");
  Probe probe;
  EXPECT_EQ(kind(*find("okx")->session(), R"({"event":"notice","code":"64008","msg":"x"})", probe),
            "status");
  EXPECT_THAT(probe.requests, ElementsAre("reconnect service upgrade"));
}

TEST(Frames, OkxFirstLiquidationsAfterSubscribingAreHistory) {
  const auto session = find("okx")->session();
  Probe probe;
  const auto liquidations = [&](std::string_view type) {
    return kind(
        *session,
        fmt::format(
            R"({{"arg":{{"channel":"liquidation-orders","instType":"{0}"}},"data":[{{"instId":"A-B-{0}","details":[{{"bkPx":"1","sz":"1","side":"buy","ts":"1795168800000"}}]}}]}})",
            type),
        probe);
  };
  const auto subscribe = [&](std::string_view type) {
    return kind(
        *session,
        fmt::format(
            R"({{"event":"subscribe","arg":{{"channel":"liquidation-orders","instType":"{}"}}}})",
            type),
        probe);
  };
  EXPECT_EQ(subscribe("SWAP"), "ack");
  EXPECT_EQ(subscribe("FUTURES"), "ack");
  EXPECT_EQ(liquidations("SWAP"), "history");
  EXPECT_EQ(liquidations("SWAP"), "data");
  EXPECT_EQ(liquidations("FUTURES"), "history");
  EXPECT_EQ(subscribe("SWAP"), "ack");
  EXPECT_EQ(liquidations("SWAP"), "history");
}

TEST(Frames, Bitstamp) {
  EXPECT_EQ(kind("bitstamp", R"({"event":"bts:subscription_succeeded","channel":"x","data":{}})"),
            "ack");
  EXPECT_EQ(
      kind("bitstamp", R"({"event":"bts:heartbeat","channel":"","data":{"status":"success"}})"),
      "heartbeat");
  EXPECT_EQ(kind("bitstamp", R"({"event":"bts:error","channel":"","data":{"code":null}})"),
            "error");
  EXPECT_EQ(
      kind("bitstamp", R"({"event":"order_deleted","channel":"live_orders_btcusd","data":{}})"),
      "ignored");
  EXPECT_EQ(kind("bitstamp", R"({"event":"data","channel":"order_book_btcusd","data":{}})"),
            "ignored");
  EXPECT_EQ(kind("bitstamp", R"({"event":"new","channel":"diff_order_book_btcusd","data":{}})"),
            "unknown");
  EXPECT_EQ(
      kind(
          "bitstamp",
          R"({"event":"trade","channel":"live_trades_btcusd","data":{"id":1,"price":1.5,"amount":1.5,"type":0}})"),
      "malformed");  // the exact texts are missing
  Probe probe;
  EXPECT_EQ(kind(*find("bitstamp")->session(),
                 R"({"event":"bts:request_reconnect","channel":"","data":""})", probe),
            "status");
  EXPECT_THAT(probe.requests, ElementsAre("reconnect bts:request_reconnect"));
}

TEST(Frames, BitstampAsksAgainForASnapshotWithoutSides) {
  Probe probe;
  const Padded data{R"({"timestamp":"1795168800","microtimestamp":"1795168800000000"})"};
  EXPECT_EQ(kind_of(find("bitstamp")
                        ->session()
                        ->on_reply({"https://www.bitstamp.net/api/v2/order_book/btcusd/?group=1",
                                    200, data.view(), 0},
                                   probe)),
            "error");
  EXPECT_THAT(probe.requests, ElementsAre("fetch /api/v2/order_book/btcusd/?group=1"));
}

TEST(Frames, Kraken) {
  EXPECT_EQ(kind("kraken", R"({"channel":"heartbeat"})"), "heartbeat");
  EXPECT_EQ(kind("kraken", R"({"method":"pong","req_id":1})"), "heartbeat");
  EXPECT_EQ(kind("kraken", R"({"channel":"status","type":"update","data":[{"system":"online"}]})"),
            "status");
  EXPECT_EQ(kind("kraken", R"({"method":"subscribe","success":true,"result":{}})"), "ack");
  EXPECT_EQ(kind("kraken", R"({"method":"subscribe","success":false,"error":"x"})"), "error");
  EXPECT_EQ(kind("kraken", R"({"channel":"trade","type":"snapshot","data":[]})"), "history");
  EXPECT_EQ(kind("kraken", R"({"channel":"instrument","type":"snapshot","data":{"pairs":[]}})"),
            "markets");
  EXPECT_EQ(kind("kraken", R"({"channel":"ohlc","type":"update","data":[{}]})"), "ignored");
  EXPECT_EQ(kind("kraken", R"({"channel":"new","type":"update","data":[{}]})"), "unknown");
  EXPECT_EQ(kind("kraken", R"([1,{"as":[]},"book-10","XBT/USD"])"), "unknown");
  EXPECT_EQ(
      kind(
          "kraken",
          R"({"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[{"price":1}],"asks":[],"checksum":1}]})"),
      "malformed");
  EXPECT_EQ(
      kind(
          "kraken",
          R"({"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[],"asks":[],"checksum":-1}]})"),
      "malformed");
}

}  // namespace
}  // namespace md::venue
