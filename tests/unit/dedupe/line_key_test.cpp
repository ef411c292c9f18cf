#include "dedupe/line_key.hpp"

#include <gtest/gtest.h>

#include <string>

#include "codec/line_reader.hpp"

namespace md::dedupe {
namespace {

// A line with the readable bytes behind it that parsers want.
class LineKeyTest : public testing::Test {
 protected:
  bool scan(const std::string& line) {
    padded_ = line + std::string(codec::kPadding, '\0');
    return scan_line(std::string_view{padded_}.substr(0, line.size()), key);
  }
  bool read(const std::string& line) {
    padded_ = line + std::string(codec::kPadding, '\0');
    return reader_.read(std::string_view{padded_}.substr(0, line.size()), key);
  }
  LineKey key;

 private:
  std::string padded_;
  KeyReader reader_;
};

const std::string kTimes =
    R"("timestamp":"2026-11-20T10:00:00.000000Z","localTimestamp":"2026-11-20T10:00:00.000123Z"})";
const std::string kBook =
    R"({"type":"book_change","symbol":"BTC/USD","exchange":"kraken","isSnapshot":false,"bids":[{"price":1.5,"amount":0}],)";

TEST_F(LineKeyTest, ReadsWhatMergingNeeds) {
  ASSERT_TRUE(scan(kBook + R"("asks":[],"prevSeq":-1,"seq":9223372036854775807,)" + kTimes));
  EXPECT_EQ(key.type, Type::book_change);
  EXPECT_EQ(key.exchange, "kraken");
  EXPECT_EQ(key.symbol, "BTC/USD");
  EXPECT_EQ(key.prev_seq, -1);
  EXPECT_EQ(key.seq, 9223372036854775807);
  EXPECT_FALSE(key.is_snapshot);
  EXPECT_EQ(key.local_timestamp - key.timestamp, 123);
}

TEST_F(LineKeyTest, ContentIsAllButTheTimes) {
  const std::string trade =
      R"({"type":"trade","symbol":"X","exchange":"e","price":1,"amount":2,"side":"buy",)";
  ASSERT_TRUE(scan(trade + kTimes));
  const Hash128 first = content_hash(key);
  ASSERT_TRUE(scan(
      trade +
      R"("timestamp":"2026-11-20T10:00:00.000000Z","localTimestamp":"2026-11-20T11:00:00.000000Z"})"));
  EXPECT_EQ(content_hash(key), first);
  ASSERT_TRUE(scan(
      trade +
      R"("timestamp":"2026-11-20T10:00:00.000001Z","localTimestamp":"2026-11-20T11:00:00.000000Z"})"));
  EXPECT_NE(content_hash(key), first);
  // A timestamp that only repeats localTimestamp says nothing.
  ASSERT_TRUE(scan(
      trade +
      R"("timestamp":"2026-11-20T10:00:00.000000Z","localTimestamp":"2026-11-20T10:00:00.000000Z"})"));
  const Hash128 untimed = content_hash(key);
  ASSERT_TRUE(scan(
      trade +
      R"("timestamp":"2026-11-20T12:00:00.000000Z","localTimestamp":"2026-11-20T12:00:00.000000Z"})"));
  EXPECT_EQ(content_hash(key), untimed);
}

TEST_F(LineKeyTest, OtherSpellingsGiveTheSameKey) {
  ASSERT_TRUE(read(kBook + R"("asks":[],"seq":7,)" + kTimes));
  const Hash128 ours = content_hash(key);
  const std::string stream{key.stream};
  ASSERT_TRUE(read(
      R"({"exchange": "kraken", "symbol": "BTC\/USD", "type": "book_change", "isSnapshot": false, )"
      R"("bids": [{"amount": 0.0, "price": 1.50}], "asks": [], "seq": 7, "other": [1, 2], )" +
      kTimes));
  EXPECT_EQ(content_hash(key), ours);
  EXPECT_EQ(key.stream, stream);
}

TEST_F(LineKeyTest, WhatIsNoEventIsRefused) {
  const std::string trade = R"({"type":"trade","symbol":"X","exchange":"e",)";
  for (
      const std::string& bad : {
          std::string{},
          std::string{"{"},
          std::string{"{}"},
          trade + kTimes,
          trade + R"("price":1,"amount":2,"side":"long",)" + kTimes,
          trade + R"("price":1e5x,"amount":2,"side":"buy",)" + kTimes,
          trade + R"("price":1,"amount":2,"side":"buy","timestamp":"2026-11-20T10:00:00.000000Z"})",
          trade + R"("price":1,"amount":2,"side":"buy",)" + kTimes + "}",
          kBook + R"("asks":[{"price":1}],)" + kTimes,
          kBook + kTimes,
          R"({"type":"candle","symbol":"X","exchange":"e",)" + kTimes,
          std::string{
              R"({"type":"connect","symbols":["X"],"localTimestamp":"2026-11-20T10:00:00.000000Z"})"},
      }) {
    EXPECT_FALSE(scan(bad)) << bad;
    EXPECT_FALSE(read(bad)) << bad;
  }
  // Words are the full reader's to judge.
  EXPECT_FALSE(read(R"({"type":"gap","exchange":"e","channel":"trade","reason":"whim",)" + kTimes));
}

// The scan must never take what the full reader refuses: each line cut short, and each with one
// byte changed.
TEST_F(LineKeyTest, ScanTakesNoMoreThanTheReader) {
  const std::string line =
      kBook + R"("asks":[{"price":2,"amount":0.25}],"prevSeq":5,"seq":7,)" + kTimes;
  ASSERT_TRUE(scan(line));
  for (std::size_t i = 0; i < line.size(); ++i) {
    EXPECT_FALSE(scan(line.substr(0, i)));
    for (const char c : {'"', '}', ',', '0', 'x', '\\', '\x01', '\xff', '-', '.'}) {
      std::string changed = line;
      changed[i] = c;
      if (!scan(changed)) continue;
      codec::EventReader full;
      const std::string padded = changed + std::string(codec::kPadding, '\0');
      Event event;
      EXPECT_TRUE(full.read(std::string_view{padded}.substr(0, changed.size()), event)) << changed;
    }
  }
}

}  // namespace
}  // namespace md::dedupe
