#include "sim/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace md::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One connection to a venue.
struct Connection {
  explicit Connection(std::string_view venue, std::string_view target,
                      std::span<const std::string> symbols = {})
      : wire(make_wire(venue, symbols)) {
    opened = wire->on_open(target, greeting);
  }
  Talk say(std::string_view text) const {
    Talk talk;
    wire->on_text(text, talk);
    return talk;
  }
  std::unique_ptr<Wire> wire;
  bool opened = false;
  Talk greeting;
};

TEST(BinanceWire, SubscribesStreamsByName) {
  const Connection c("binance", "/stream");
  ASSERT_TRUE(c.opened);
  const Talk talk = c.say(
      R"({"method":"SUBSCRIBE","params":["btcusdt@trade","btcusdt@depth@100ms","ethusdt@bookTicker","bnbusdt@aggTrade"],"id":7})");
  EXPECT_THAT(talk.subscribe,
              ElementsAre(Stream{Type::trade, "BTCUSDT"}, Stream{Type::book_change, "BTCUSDT"},
                          Stream{Type::book_ticker, "ETHUSDT"}, Stream{Type::trade, "BNBUSDT"}));
  EXPECT_THAT(talk.answers, ElementsAre(R"({"result":null,"id":7})"));
}

TEST(BinanceWire, TakesStreamsFromTheUrl) {
  const Connection c("binance", "/stream?streams=btcusdt@trade/ethusdt@depth");
  EXPECT_THAT(c.greeting.subscribe,
              ElementsAre(Stream{Type::trade, "BTCUSDT"}, Stream{Type::book_change, "ETHUSDT"}));
  EXPECT_THAT(c.greeting.answers, IsEmpty());
  EXPECT_THAT(c.say(R"({"method":"LIST_SUBSCRIPTIONS","id":3})").answers,
              ElementsAre(R"({"result":["btcusdt@trade","ethusdt@depth"],"id":3})"));
}

TEST(BinanceWire, AcknowledgesNamesThatNeverDeliver) {
  const Connection c("binance", "/stream");
  const Talk talk = c.say(
      R"({"method":"SUBSCRIBE","params":["BTCUSDT@trade","btcusdt@nothing","x"],"id":"a\"b"})");
  EXPECT_THAT(talk.subscribe, IsEmpty());
  EXPECT_THAT(talk.answers, ElementsAre(R"({"result":null,"id":"a\"b"})"));
}

TEST(BinanceWire, UnsubscribesAndRefusesWhatItDoesNotKnow) {
  const Connection c("binance", "/stream");
  EXPECT_THAT(c.say(R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":1})").unsubscribe,
              ElementsAre(Stream{Type::trade, "BTCUSDT"}));
  EXPECT_THAT(c.say(R"({"method":"EAT","id":1})").answers, ElementsAre(HasSubstr(R"("code":2)")));
  EXPECT_THAT(c.say("{not json").answers, ElementsAre(HasSubstr("Invalid JSON")));
  EXPECT_FALSE(Connection("binance", "/elsewhere").opened);
}

TEST(BinanceFuturesWire, IsSilentAboutChannelsOfTheOtherPath) {
  constexpr std::string_view kAll =
      R"({"method":"SUBSCRIBE","params":["a@trade","a@depth@100ms","a@bookTicker","a@markPrice@1s","a@forceOrder","!forceOrder@arr"],"id":1})";
  const std::vector<Stream> books{
      {Type::trade, "A"}, {Type::book_change, "A"}, {Type::book_ticker, "A"}};
  const std::vector<Stream> market{
      {Type::derivative_ticker, "A"}, {Type::liquidation, "A"}, {Type::liquidation, ""}};
  EXPECT_EQ(Connection("binance-futures", "/public/stream").say(kAll).subscribe, books);
  EXPECT_EQ(Connection("binance-futures", "/stream").say(kAll).subscribe, books);
  EXPECT_EQ(Connection("binance-futures", "/market/stream").say(kAll).subscribe, market);
}

TEST(OkxWire, AcknowledgesEachArgument) {
  const Connection c("okx", "/ws/v5/public");
  ASSERT_TRUE(c.opened);
  const Talk talk = c.say(
      R"({"op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"},{"channel":"liquidation-orders","instType":"SWAP"}]})");
  EXPECT_THAT(talk.subscribe,
              ElementsAre(Stream{Type::book_change, "BTC-USDT"}, Stream{Type::liquidation, ""}));
  EXPECT_THAT(
      talk.answers,
      ElementsAre(
          R"({"event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"5d1e0c7a"})",
          R"({"event":"subscribe","arg":{"channel":"liquidation-orders","instType":"SWAP"},"connId":"5d1e0c7a"})"));
}

TEST(OkxWire, SendsEachChannelToItsPath) {
  constexpr std::string_view kAllTrades =
      R"({"op":"subscribe","args":[{"channel":"trades-all","instId":"BTC-USDT"}]})";
  const Talk refused = Connection("okx", "/ws/v5/public").say(kAllTrades);
  EXPECT_THAT(refused.subscribe, IsEmpty());
  EXPECT_THAT(refused.answers, ElementsAre(HasSubstr(R"("code":"60018")")));
  EXPECT_THAT(Connection("okx", "/ws/v5/business").say(kAllTrades).subscribe,
              ElementsAre(Stream{Type::trade, "BTC-USDT"}));
  EXPECT_FALSE(Connection("okx", "/").opened);
}

TEST(OkxWire, AnswersTheTextPingAndMalformedMessages) {
  const Connection c("okx", "/ws/v5/public");
  EXPECT_THAT(c.say("ping").answers, ElementsAre("pong"));
  EXPECT_THAT(c.say(R"({"op":"subscribe"})").answers, ElementsAre(HasSubstr("60012")));
}

TEST(OkxWire, KnowsTheStreamOfAFrame) {
  const Connection c("okx", "/ws/v5/public");
  EXPECT_EQ(
      c.wire->stream_of(R"({"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[]})"),
      (Stream{Type::liquidation, ""}));
  EXPECT_EQ(c.wire->stream_of(R"({"event":"notice"})"), std::nullopt);
  EXPECT_EQ(c.wire->stream_of("pong"), std::nullopt);
}

TEST(CoinbaseWire, AnswersWithAllSubscriptions) {
  const Connection c("coinbase", "/");
  ASSERT_TRUE(c.opened);
  const Talk first = c.say(
      R"({"type":"subscribe","channels":[{"name":"matches","product_ids":["BTC-USD","ETH-USD"]},{"name":"heartbeat","product_ids":["BTC-USD"]}]})");
  EXPECT_THAT(first.subscribe,
              ElementsAre(Stream{Type::trade, "BTC-USD"}, Stream{Type::trade, "ETH-USD"}));
  EXPECT_THAT(
      first.answers,
      ElementsAre(
          R"({"type":"subscriptions","channels":[{"name":"heartbeat","product_ids":["BTC-USD"]},{"name":"matches","product_ids":["BTC-USD","ETH-USD"]}]})"));
  // Products may stand beside the names of the channels.
  const Talk second = c.say(
      R"({"type":"subscribe","product_ids":["BTC-USD"],"channels":["level2_batch","ticker"]})");
  EXPECT_THAT(second.subscribe, ElementsAre(Stream{Type::book_change, "BTC-USD"},
                                            Stream{Type::book_ticker, "BTC-USD"}));
  const Talk third = c.say(
      R"({"type":"unsubscribe","channels":[{"name":"matches","product_ids":["ETH-USD","BTC-USD"]},{"name":"heartbeat","product_ids":["BTC-USD"]},{"name":"level2_batch","product_ids":["BTC-USD"]},{"name":"ticker","product_ids":["BTC-USD"]}]})");
  EXPECT_EQ(third.unsubscribe.size(), 4u);
  EXPECT_THAT(third.answers, ElementsAre(R"({"type":"subscriptions","channels":[]})"));
  EXPECT_THAT(c.say("[]").answers, ElementsAre(HasSubstr(R"("type":"error")")));
}

TEST(KrakenWire, AcknowledgesEachSymbol) {
  const std::vector<std::string> symbols{"BTC/USD", "ETH/USD"};
  const Connection c("kraken", "/v2", symbols);
  ASSERT_TRUE(c.opened);
  EXPECT_THAT(c.greeting.answers, ElementsAre(HasSubstr(R"("channel":"status")")));
  const Talk talk = c.say(
      R"({"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD","X/Y"],"depth":25},"req_id":2})");
  EXPECT_THAT(talk.subscribe, ElementsAre(Stream{Type::book_change, "BTC/USD", 25}));
  ASSERT_EQ(talk.answers.size(), 2u);
  EXPECT_THAT(
      talk.answers[0],
      HasSubstr(
          R"({"method":"subscribe","result":{"channel":"book","symbol":"BTC/USD","depth":25,"snapshot":true},"success":true,)"));
  EXPECT_THAT(talk.answers[0], HasSubstr(R"("req_id":2})"));
  EXPECT_THAT(talk.answers[1],
              HasSubstr(R"("success":false,"error":"Currency pair not supported X/Y")"));
}

TEST(KrakenWire, DepthIsTenUnlessGivenAndMustBeOneOfTheirs) {
  const Connection c("kraken", "/v2");
  EXPECT_THAT(
      c.say(R"({"method":"subscribe","params":{"channel":"book","symbol":["A/B"]}})").subscribe,
      ElementsAre(Stream{Type::book_change, "A/B", 10}));
  const Talk odd =
      c.say(R"({"method":"subscribe","params":{"channel":"book","symbol":["A/B"],"depth":11}})");
  EXPECT_THAT(odd.subscribe, IsEmpty());
  EXPECT_THAT(odd.answers, ElementsAre(HasSubstr("Depth not supported")));
  EXPECT_THAT(c.say(R"({"method":"unsubscribe","params":{"channel":"trade","symbol":["A/B"]}})")
                  .unsubscribe,
              ElementsAre(Stream{Type::trade, "A/B"}));
  EXPECT_THAT(c.say(R"({"method":"ping","req_id":101})").answers,
              ElementsAre(HasSubstr(R"("method":"pong")")));
  EXPECT_EQ(c.wire->heartbeat(), R"({"channel":"heartbeat"})");
}

TEST(BitstampWire, SubscribesOneChannelAMessage) {
  const Connection c("bitstamp", "/");
  ASSERT_TRUE(c.opened);
  const auto subscribe = [&](const std::string& channel) {
    return c.say(R"({"event":"bts:subscribe","data":{"channel":")" + channel + R"("}})");
  };
  EXPECT_THAT(subscribe("live_trades_ethusd").subscribe,
              ElementsAre(Stream{Type::trade, "ethusd"}));
  EXPECT_THAT(subscribe("diff_order_book_btcusd-perp").subscribe,
              ElementsAre(Stream{Type::book_change, "btcusd-perp"}));
  EXPECT_THAT(
      subscribe("funding_rate_btcusd-perp").answers,
      ElementsAre(
          R"({"event":"bts:subscription_succeeded","channel":"funding_rate_btcusd-perp","data":{}})"));
  EXPECT_THAT(subscribe("live_trades_BTCUSD").answers, ElementsAre(HasSubstr("bts:error")));
  EXPECT_THAT(c.say(R"({"event":"bts:heartbeat"})").answers,
              ElementsAre(R"({"event":"bts:heartbeat","channel":"","data":{"status":"success"}})"));
  EXPECT_THAT(
      c.say(R"({"event":"bts:unsubscribe","data":{"channel":"live_trades_ethusd"}})").unsubscribe,
      ElementsAre(Stream{Type::trade, "ethusd"}));
}

TEST(Wire, SurvivesAnything) {
  for (const char* venue :
       {"binance", "binance-futures", "bitstamp", "coinbase", "kraken", "okx"}) {
    const auto wire = make_wire(venue);
    for (
        const std::string& text :
        {std::string(), std::string("{"), std::string("[1,2"), std::string("\0\x80\xff", 3),
         std::string(100'000, '['),
         std::string(
             R"({"method":7,"op":{},"type":[],"event":null,"params":3,"args":"x","channels":{},"data":9})"),
         std::string(
             R"({"method":"SUBSCRIBE","op":"subscribe","type":"subscribe","event":"bts:subscribe"})"),
         std::string(
             R"({"op":"subscribe","args":[1,null,[],{}],"type":"subscribe","channels":[1,null,[],{}]})")}) {
      Talk talk;
      wire->on_text(text, talk);
      EXPECT_LE(talk.answers.size(), 8u);
    }
  }
  EXPECT_EQ(make_wire("nowhere"), nullptr);
}

}  // namespace
}  // namespace md::sim
