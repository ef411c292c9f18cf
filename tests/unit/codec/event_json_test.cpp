#include "codec/event_json.hpp"

#include <gtest/gtest.h>

#include <string>

#include "codec/line_reader.hpp"

namespace md::codec {
namespace {

// The line with the padding a reader's lines have.
class Padded {
 public:
  explicit Padded(std::string line) : size_(line.size()), text_(std::move(line)) {
    text_.append(kPadding, '#');
  }
  std::string_view view() const { return std::string_view{text_}.substr(0, size_); }

 private:
  std::size_t size_;
  std::string text_;
};

// Written as md-formats(5) says, by hand.
const char* const kLines[] = {
    R"({"type":"trade","symbol":"BTCUSDT","exchange":"binance","id":"9007199254740993","price":0.3513,"amount":1234567890123.123456789,"side":"buy","timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"trade","symbol":"BTC/USD","exchange":"x","price":1,"amount":0.00000000123,"side":"unknown","seq":-5,"backfilled":true,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"book_change","symbol":"S","exchange":"x","isSnapshot":true,"bids":[{"price":1.5,"amount":2},{"price":1.4,"amount":3}],"asks":[],"seq":9223372036854775807,"rebuilt":true,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"book_change","symbol":"S","exchange":"x","isSnapshot":false,"bids":[],"asks":[{"price":1.6,"amount":0}],"prevSeq":1,"seq":2,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"book_ticker","symbol":"S","exchange":"x","askAmount":1,"askPrice":2,"bidPrice":3,"bidAmount":4,"seq":5,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"book_ticker","symbol":"S","exchange":"x","askPrice":2,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"derivative_ticker","symbol":"S","exchange":"x","lastPrice":1,"openInterest":2,"fundingRate":-0.0001,"fundingTimestamp":"2026-11-20T16:00:00.000000Z","predictedFundingRate":0.0002,"indexPrice":3,"markPrice":4,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"liquidation","symbol":"S","exchange":"x","id":"a\"b\\c\u0001","price":1,"amount":2,"side":"sell","timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"connect","exchange":"x","symbols":["A","B/C"],"localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"disconnect","exchange":"x","reason":"closed by the venue: 1001","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"gap","symbol":"S","exchange":"x","channel":"book_change","prevSeq":1,"seq":3,"reason":"sequence","timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
    R"({"type":"gap","exchange":"x","symbols":["A","B"],"channel":"trade","reason":"overflow","timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"})",
};

TEST(EventJson, ReadsAndWritesEveryTypeToTheByte) {
  EventReader reader;
  for (const char* line : kLines) {
    const Padded padded{line};
    const auto event = reader.read(padded.view());
    ASSERT_TRUE(event) << line << ": " << event.error().text();
    Buffer out;
    append_event(out, *event);
    EXPECT_EQ(out.view(), std::string(line) + "\n");
  }
}

TEST(EventJson, GivesTheValues) {
  EventReader reader;
  const Padded padded{kLines[0]};
  const Event event = reader.read(padded.view()).value();
  EXPECT_EQ(event.type(), Type::trade);
  EXPECT_EQ(event.symbol, "BTCUSDT");
  EXPECT_EQ(event.timestamp, 1'795'170'769'669'123);
  const Trade& trade = *event.as<Trade>();
  EXPECT_EQ(trade.id, "9007199254740993");
  EXPECT_EQ(trade.side, Side::buy);
  EXPECT_FALSE(trade.seq);
  EXPECT_EQ(trade.amount.to_text(), "1234567890123.123456789");
}

TEST(EventJson, TakesFieldsInAnyOrderAndPassesOverUnknownOnes) {
  EventReader reader;
  const Padded padded{
      R"({"localTimestamp":"2026-11-20T10:32:49.7Z", "later":{"a":[1,2,{"b":null}]}, "side" : "buy", "amount": "2.50", "price":1e2,)"
      R"("timestamp":"2026-11-20T10:32:49Z","exchange":"x","symbol":"\u0041\n","type":"trade"})"};
  const auto event = reader.read(padded.view());
  ASSERT_TRUE(event) << event.error().text();
  EXPECT_EQ(event->symbol, "A\n");
  EXPECT_EQ(event->as<Trade>()->price.to_text(), "100");
  EXPECT_EQ(event->as<Trade>()->amount.to_text(), "2.5");
}

TEST(EventJson, RefusesWhatIsNoEvent) {
  EventReader reader;
  for (
      const char* line : {
          "",
          "x",
          "[]",
          "{}",
          "null",
          R"({"type":"trade"})",
          R"({"type":"nonsense","exchange":"x","symbol":"S"})",
          R"({"type":"trade","symbol":"S","exchange":"x","price":"abc","amount":1,"side":"buy","timestamp":"2026-11-20T10:32:49Z","localTimestamp":"2026-11-20T10:32:49Z"})",
          R"({"type":"trade","symbol":"S","exchange":"x","price":1,"amount":1,"side":"up","timestamp":"2026-11-20T10:32:49Z","localTimestamp":"2026-11-20T10:32:49Z"})",
          R"({"type":"trade","symbol":"S","exchange":"x","price":1,"amount":1,"side":"buy","timestamp":"yesterday","localTimestamp":"2026-11-20T10:32:49Z"})",
          R"({"type":"trade","symbol":"S","exchange":"x","price":1,"amount":1,"side":"buy","timestamp":"2026-11-20T10:32:49Z"})",
          R"({"type":"book_change","symbol":"S","exchange":"x","isSnapshot":true,"bids":[{"price":1}],"asks":[],"timestamp":"2026-11-20T10:32:49Z","localTimestamp":"2026-11-20T10:32:49Z"})",
          R"({"type":"book_change","symbol":"S","exchange":"x","isSnapshot":1,"bids":[],"asks":[],"timestamp":"2026-11-20T10:32:49Z","localTimestamp":"2026-11-20T10:32:49Z"})",
      }) {
    const Padded padded{line};
    EXPECT_FALSE(reader.read(padded.view())) << line;
  }
  const Padded two{std::string(kLines[8]) + " {}"};
  EXPECT_FALSE(reader.read(two.view()));
}

TEST(EventJson, NoTruncatedLineIsAnEvent) {
  EventReader reader;
  for (const std::string line : kLines) {
    for (std::size_t size = 0; size < line.size(); ++size) {
      const Padded padded{line.substr(0, size)};
      ASSERT_FALSE(reader.read(padded.view())) << line.substr(0, size);
    }
  }
}

}  // namespace
}  // namespace md::codec
