#include "sim/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "book/feed.hpp"
#include "codec/line_reader.hpp"
#include "codec/raw_json.hpp"
#include "venue/registry.hpp"

namespace md::sim {
namespace {

std::string recording_of(std::string_view venue, std::uint64_t seed, int messages) {
  MarketOptions options;
  options.seed = seed;
  options.start = 1'700'000'000 * kSecond;
  options.levels = 50;
  SyntheticRecording recording(*parse_venue_market(venue), options);
  Buffer out;
  recording.begin(out);
  for (int i = 0; i < messages; ++i) recording.next(out);
  return std::string(out.view());
}

struct CountEvents final : EventSink {
  void on_event(const Event& event) override {
    ++count[static_cast<std::size_t>(event.type())];
    const auto* change = event.as<BookChange>();
    if (change != nullptr && change->is_snapshot) ++snapshots;
  }
  std::array<int, kTypes> count{};
  int snapshots = 0;
};

// What mdnorm makes of the recording: every message an event, nothing unknown, no gap.
void expect_clean(std::string_view venue_id, const std::string& text, int messages) {
  const venue::Venue* const venue = venue::find(venue_id);
  if (venue == nullptr) GTEST_SKIP() << "no adapter for " << venue_id;
  CountEvents events;
  book::Feed feed(*venue, {}, events);
  codec::RawReader reader;
  auto lines = codec::LineReader::from_memory(text);
  std::string_view line;
  Micros last = 0;
  while (lines.next(line) == codec::LineReader::Read::line) {
    RawLine raw;
    ASSERT_TRUE(reader.read(line, raw)) << reader.error().text();
    ASSERT_GE(raw.local_timestamp, last);
    last = raw.local_timestamp;
    const auto kind = feed.on_raw(raw);
    ASSERT_TRUE(kind) << kind.error().text() << ": " << line;
    ASSERT_NE(*kind, venue::FrameKind::unknown) << line;
  }
  feed.finish(last);
  const auto count = [&](Type type) { return events.count[static_cast<std::size_t>(type)]; };
  EXPECT_EQ(count(Type::gap), 0);
  EXPECT_EQ(count(Type::connect), 1);
  EXPECT_EQ(events.snapshots, 2);  // one for each symbol
  EXPECT_EQ(feed.counts().unanswered, 0u);
  EXPECT_GT(count(Type::trade), messages / 10);
  EXPECT_GT(count(Type::book_change), messages / 4);
  EXPECT_GT(count(Type::book_ticker), messages / 10);
}

TEST(Recording, OfBinanceIsClean) {
  expect_clean("binance", recording_of("binance:btcusdt,ethusdt", 1, 20'000), 20'000);
}

// The adapter's checksum function agrees with ours after every message, or there would be gaps.
TEST(Recording, OfKrakenIsClean) {
  expect_clean("kraken", recording_of("kraken:BTC/USD,ETH/USD", 1, 20'000), 20'000);
}

TEST(Recording, IsTheSameForTheSameSeed) {
  for (const char* venue : {"binance:btcusdt,ethusdt", "kraken:BTC/USD"}) {
    EXPECT_EQ(recording_of(venue, 7, 3000), recording_of(venue, 7, 3000));
    EXPECT_NE(recording_of(venue, 7, 3000), recording_of(venue, 8, 3000));
  }
}

TEST(Recording, AsksForEachBookAfterItsFirstChange) {
  const std::string text = recording_of("binance:a,b", 1, 1000);
  for (const char* symbol : {"A", "B"}) {
    const auto asked = text.find(std::string("/depth?symbol=") + symbol);
    const auto first = text.find(std::string(R"("e":"depthUpdate")"));
    ASSERT_NE(asked, std::string::npos);
    EXPECT_LT(first, asked);
    EXPECT_EQ(text.find(std::string("/depth?symbol=") + symbol, asked + 1), std::string::npos);
  }
  EXPECT_THAT(text, testing::HasSubstr(R"("type":"sent")"));
  EXPECT_THAT(text, testing::HasSubstr("/api/v3/exchangeInfo"));
}

}  // namespace
}  // namespace md::sim
