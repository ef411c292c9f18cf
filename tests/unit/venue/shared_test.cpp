// What adapters share: rows, subscriptions as tables, market lists, compressed frames.
#include <gmock/gmock.h>
#include <zlib.h>

#include "session_probe.hpp"
#include "venue/inflate.hpp"
#include "venue/markets.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// ---- rows ----

// A row's texts are parts of a frame: one frame with all of them.
class RowTest : public testing::Test {
 protected:
  // "name=value" in the order of the struct's use.
  std::string_view text(std::string_view value) {
    return kept_.emplace_back(std::make_unique<Padded>(value))->view();
  }
  Probe out;

 private:
  std::vector<std::unique_ptr<Padded>> kept_;
};

TEST_F(RowTest, TradeKeepsItsTextsAndSide) {
  Row row;
  row.symbol = "A-B";
  row.time = text("1700000000123");
  row.id = "9007199254740993";
  row.side = "SELL";
  row.price = text("0.00000000123");
  row.amount = text("-12.50");
  row.seq = text("9007199254740995");
  ASSERT_EQ(give_trade("v", row, out).value(), FrameKind::data);
  EXPECT_THAT(out.events[0], HasSubstr(R"("id":"9007199254740993","price":0.00000000123,)"
                                       R"("amount":12.5,"side":"sell","seq":9007199254740995)"));
  EXPECT_THAT(out.events[0], HasSubstr(R"("timestamp":"2023-11-14T22:13:20.123000Z")"));
}

TEST_F(RowTest, WhatATradeLacksIsNamed) {
  Row row;
  EXPECT_EQ(give_trade("v", row, out).error().message, "v: trade lacks symbol");
  row.symbol = "A";
  EXPECT_EQ(give_trade("v", row, out).error().message, "v: trade has a broken price");
  row.price = text("1");
  row.amount = text("x");
  EXPECT_EQ(give_trade("v", row, out).error().message, "v: trade has a broken amount");
  row.amount = text("1");
  EXPECT_EQ(give_trade("v", row, out).error().message, "v: trade lacks side");
  row.side = "none";
  row.seq = text("1.5");
  EXPECT_EQ(give_trade("v", row, out).error().message, "v: trade has a broken seq");
  EXPECT_TRUE(out.empty());
  row.seq = {};
  ASSERT_EQ(give_trade("v", row, out).value(), FrameKind::data);
  EXPECT_THAT(out.events[0], HasSubstr(R"("side":"unknown")"));
}

TEST_F(RowTest, AnEmptySideOfAQuoteIsLeftOut) {
  Row row;
  row.symbol = "A";
  row.bid = text("0");
  row.bid_amount = text("0");
  row.ask = text("null");
  EXPECT_EQ(give_book_ticker("v", row, out).value(), FrameKind::empty);
  row.ask = text("2.0");
  ASSERT_EQ(give_book_ticker("v", row, out).value(), FrameKind::data);
  EXPECT_THAT(out.events, ElementsAre(HasSubstr(R"("exchange":"","askPrice":2,"timestamp")")));
  row.bid = text("1,5");
  EXPECT_FALSE(give_book_ticker("v", row, out));
}

TEST_F(RowTest, DerivativesHaveWhatIsThere) {
  Row row;
  row.symbol = "A";
  row.index = text("");
  EXPECT_EQ(give_derivative_ticker("v", row, out).value(), FrameKind::empty);
  row.funding = text("-0.0001");
  row.funding_time = text("2026-11-20T16:00:00Z");
  ASSERT_EQ(give_derivative_ticker("v", row, out).value(), FrameKind::data);
  EXPECT_THAT(out.events[0],
              HasSubstr(R"("fundingRate":-0.0001,"fundingTimestamp":"2026-11-20T16:00:00.000000Z",)"
                        R"("timestamp")"));
}

TEST_F(RowTest, AChangeWithoutLevelsCountsForItsNumbers) {
  Row row;
  row.symbol = "A";
  EXPECT_EQ(give_book("v", row, false, {}, {}, out).value(), FrameKind::empty);
  EXPECT_EQ(give_book("v", row, true, {}, {}, out).value(), FrameKind::data);
  row.seq = text("7");
  EXPECT_EQ(give_book("v", row, false, {}, {}, out, 6).value(), FrameKind::data);
  row.seq = {};
  row.checksum = text("-890884919");
  EXPECT_EQ(give_book("v", row, false, {}, {}, out).value(), FrameKind::data);
  EXPECT_EQ(out.checksums, 1);
  row.checksum = text("x");
  EXPECT_FALSE(give_book("v", row, false, {}, {}, out));
}

TEST_F(RowTest, TimesAreNumbersOrIso) {
  EXPECT_EQ(read_time(text("1700000000")), 1'700'000'000 * kSecond);
  EXPECT_EQ(read_time(text("1700000000123456789")), 1'700'000'000'123'456);
  EXPECT_EQ(read_time(text("2023-11-14T22:13:20.5Z")), 1'700'000'000'500'000);
  for (const char* bad : {"", "x", "null", "-5"}) EXPECT_EQ(read_time(text(bad)), 0) << bad;
}

TEST(Halves, AreCutAtTheSeparator) {
  EXPECT_EQ(split_first("a.b.c", '.').behind, "b.c");
  EXPECT_EQ(split_last("a.b.c", '.').before, "a.b");
  EXPECT_EQ(split_last("abc", '.').before, "abc");
  EXPECT_EQ(split_first("abc", '.').behind, "");
}

// ---- subscriptions ----

constexpr Channel kChannels[] = {
    {Type::trade, "trades"},
    {Type::book_change, "book"},
    {Type::derivative_ticker, "funding", "/perp",
     [](std::string_view s) { return s.ends_with("P"); }},
};

TEST(Subscribing, SymbolsFillConnectionsAndRequests) {
  const Subscribing rule{.url = "wss://x",
                         .channels = kChannels,
                         .argument = R"("$channel:$symbol")",
                         .subscribe = R"({"id":$id,"args":[$arguments]})",
                         .streams_per_connection = 5,
                         .arguments_per_request = 3};
  const auto c = connections(rule, {{"A", "B", "C"}, {Type::trade, Type::book_change}});
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_THAT(c[0].symbols, ElementsAre("A", "B"));
  EXPECT_THAT(c[0].send, ElementsAre(R"({"id":1,"args":["trades:A","book:A","trades:B"]})",
                                     R"({"id":2,"args":["book:B"]})"));
  EXPECT_THAT(c[1].send, ElementsAre(R"({"id":1,"args":["trades:C","book:C"]})"));
}

TEST(Subscribing, PathsGoToTheirOwnConnectionsAndOnlyWithStreams) {
  const Subscribing rule{.url = "wss://x", .channels = kChannels, .subscribe = "$channel $lower"};
  const auto c = connections(rule, {{"A\"", "BP"}, {Type::trade, Type::derivative_ticker}});
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_THAT(c[0].send, ElementsAre(R"(trades a\")", "trades bp"));
  EXPECT_EQ(c[1].url, "wss://x/perp");
  EXPECT_THAT(c[1].symbols, ElementsAre("BP"));
  EXPECT_THAT(connections(rule, {{"A"}, {Type::derivative_ticker}}), IsEmpty());
  EXPECT_THAT(connections(rule, {{"A"}, {Type::liquidation}}), IsEmpty());
}

TEST(Subscribing, RequestsPerChannelListSymbols) {
  constexpr std::string_view kFirst[] = {"hello"};
  const Subscribing rule{.url = "wss://x",
                         .channels = kChannels,
                         .argument = R"("$symbol")",
                         .subscribe = "+$channel [$arguments]",
                         .unsubscribe = "-$channel [$arguments]",
                         .request_per_channel = true,
                         .arguments_per_request = 2,
                         .first = kFirst};
  const auto c = connections(rule, {{"A", "B", "C"}, {Type::trade, Type::book_change}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(c[0].send, ElementsAre("hello", R"(+trades ["A","B"])", R"(+trades ["C"])",
                                     R"(+book ["A","B"])", R"(+book ["C"])"));
  EXPECT_THAT(resubscribe_book(rule, "B"), ElementsAre(R"(-book ["B"])", R"(+book ["B"])"));
}

TEST(Subscribing, TypesAndSymbolsShareStreams) {
  constexpr Channel kShared[] = {
      {Type::derivative_ticker,
       "index",
       {},
       nullptr,
       "i",
       [](std::string_view s) { return s.substr(0, 1); }},
      {Type::book_ticker, "ticker", {}, nullptr, "s"},
      {Type::derivative_ticker, "ticker", {}, nullptr, "s"},
      {Type::connect, "beat", {}, nullptr, "s"},
  };
  const Subscribing rule{.url = "wss://x",
                         .channels = kShared,
                         .argument = "$channel/$option=$symbol",
                         .subscribe = "$arguments",
                         .arguments_per_request = 0};
  const auto c = connections(rule, {{"A1", "A2"}, {Type::book_ticker, Type::derivative_ticker}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(c[0].send, ElementsAre("ticker/s=A1,beat/s=A1,ticker/s=A2,beat/s=A2,index/i=A"));
  EXPECT_THAT(connections(rule, {{"A1"}, {Type::trade}}), IsEmpty());
}

TEST(Subscribing, ArgumentsMayListSymbols) {
  const Subscribing rule{.url = "wss://x",
                         .channels = kChannels,
                         .argument = "$channel:[$symbols]",
                         .subscribe = "$id+$arguments",
                         .unsubscribe = "$id-$arguments",
                         .arguments_per_request = 3};
  const auto c = connections(rule, {{"A", "B"}, {Type::trade, Type::book_change}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(c[0].send, ElementsAre(R"(1+trades:["A","B"],book:["A"])", R"(2+book:["B"])"));
  EXPECT_THAT(resubscribe_book(rule, "B"), ElementsAre(R"(1-book:["B"])", R"(2+book:["B"])"));
}

// ---- market lists ----

Result<void> read_list(std::string_view text, std::string_view path, std::vector<Market>& out) {
  return read_market_list(
      "v", Padded{text}.view(), path, out,
      [](codec::json::Key key, codec::json::Value& value, MarketRow& row) {
        if (key == "s") return value.text(row.symbol);
        if (key == "tick") return value.text(row.tick);
        if (key == "digits") return value.text(row.step_decimals);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.active = row.symbol != "OFF";
        return row.symbol != "NOT";
      });
}

TEST(MarketList, IsReadAtItsPlace) {
  std::vector<Market> markets;
  ASSERT_TRUE(read_list(R"({"x":{"list":1},"result":{"list":[{"s":"A","tick":"0.50","digits":3},)"
                        R"({"s":"NOT"},{"s":"OFF","tick":null}]}})",
                        "result.list", markets));
  ASSERT_THAT(markets, SizeIs(2));
  EXPECT_EQ(markets[0].tick.to_text() + " " + markets[0].step.to_text(), "0.5 0.001");
  EXPECT_FALSE(markets[1].active);
  EXPECT_TRUE(read_list(R"([{"s":"B"}])", "", markets));
  EXPECT_EQ(markets.back().symbol, "B");
  EXPECT_TRUE(read_list(R"({"C":{"digits":1}})", "", markets));
  EXPECT_EQ(markets.back().symbol, "C");
}

TEST(MarketList, SaysWhatIsBroken) {
  std::vector<Market> markets;
  for (const char* text : {R"({"result":[]})", R"({"result":{"list":1}})", R"({"result":)", "[]"})
    EXPECT_EQ(read_list(text, "result.list", markets).error().message, "v: broken market list");
  EXPECT_EQ(read_list(R"([{"s":"A","tick":"x"}])", "", markets).error().message,
            "v: market with a broken number");
  EXPECT_EQ(read_list("[{}]", "", markets).error().message, "v: market without a name");
}

// ---- compressed frames ----

std::string deflated(std::string_view text, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Inflater, ReadsEveryFormAndPlainText) {
  Inflater inflater;
  std::string long_text = R"({"long":")" + std::string(200'000, 'x') + "\"}";
  for (const std::string& text : {std::string(R"({"ping":1})"), long_text}) {
    for (const int window : {31, 15, -15}) {
      std::string_view got;
      ASSERT_TRUE(inflater.inflate(deflated(text, window), got)) << window;
      EXPECT_EQ(got, text);
    }
    std::string_view got;
    ASSERT_TRUE(inflater.inflate(text, got));
    EXPECT_EQ(got, text);
  }
}

TEST(Inflater, RefusesDamageCutsAndBombs) {
  Inflater inflater;
  std::string_view got;
  const std::string whole = deflated(R"({"ping":1618678073643})", 31);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(inflater.inflate(whole.substr(0, size), got)) << size;
  std::string damaged = whole;
  damaged[whole.size() - 6] ^= 1;  // its CRC
  EXPECT_FALSE(inflater.inflate(damaged, got));
  EXPECT_FALSE(inflater.inflate(deflated(std::string(Inflater::kMaxSize + 1, 'x'), 31), got));
  EXPECT_TRUE(inflater.inflate(whole, got));
}

TEST(QueryValues, AreReplacedOrAdded) {
  EXPECT_EQ(with_query_value("/a", "cursor", "x&y"), "/a?cursor=x%26y");
  EXPECT_EQ(with_query_value("/a?b=1&cursor=old&c=2", "cursor", "new"), "/a?b=1&c=2&cursor=new");
}

}  // namespace
}  // namespace md::venue
