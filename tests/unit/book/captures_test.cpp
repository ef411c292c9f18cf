// What exchanges really sent ($MD_CAPTURES), through the feed: every frame understood, every book
// whole. The numbers of frames and events were counted in the files with grep.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "book/book.hpp"
#include "book/feed.hpp"
#include "codec/line_reader.hpp"
#include "codec/raw_json.hpp"
#include "venue/registry.hpp"

namespace md::book {
namespace {

using venue::FrameKind;

// Rebuilds each book, and checks that each change continues the one before.
class Rebuilder final : public EventSink {
 public:
  void on_event(const Event& event) override {
    if (event.type() == Type::gap) ++gaps;
    const auto* change = event.as<BookChange>();
    if (change == nullptr) return;
    State& s = books[std::string(event.symbol)];
    if (!change->is_snapshot) {
      EXPECT_TRUE(s.has_snapshot) << event.symbol;
      if (change->prev_seq) {
        EXPECT_EQ(change->prev_seq, s.seq) << event.symbol;
      }
    }
    s.has_snapshot |= change->is_snapshot;
    s.seq = change->seq;
    s.book.apply(*change);
    s.crossed += s.book.crossed();
    ++s.changes;
  }

  struct State {
    Book book;
    bool has_snapshot = false;
    Seq seq;
    int crossed = 0;
    int changes = 0;
  };
  std::map<std::string, State> books;
  int gaps = 0;
};

struct Expected {
  std::string_view file;
  std::string_view venue;
  std::uint64_t trades, book_changes, book_tickers, derivative_tickers;
  std::size_t books;
};

class Captures : public testing::TestWithParam<Expected> {};

TEST_P(Captures, AreUnderstoodWhole) {
  const char* directory = std::getenv("MD_CAPTURES");
  if (directory == nullptr) GTEST_SKIP() << "MD_CAPTURES is not set: no real captures here";
  const Expected& expected = GetParam();
  auto in = codec::LineReader::open(fmt::format("{}/{}.raw.ndjson.zst", directory, expected.file));
  ASSERT_TRUE(in) << in.error().message;

  Rebuilder out;
  Feed feed{*venue::find(expected.venue), {}, out};
  codec::RawReader reader;
  std::vector<venue::Market> markets;
  Micros last = 0;
  for (std::string_view line; in->next(line) == codec::LineReader::Read::line;) {
    RawLine raw;
    ASSERT_TRUE(reader.read(line, raw)) << reader.error().message;
    const auto kind = feed.on_raw(raw);
    ASSERT_TRUE(kind) << kind.error().message << ": " << raw.data.substr(0, 200);
    ASSERT_NE(*kind, FrameKind::unknown) << raw.data.substr(0, 200);
    last = raw.local_timestamp;
    if (*kind == FrameKind::markets) {
      const auto read = venue::find(expected.venue)->read_markets(raw.data, markets);
      ASSERT_TRUE(read) << read.error().message;
    }
  }
  feed.finish(last);

  const auto given = [&](Type type) {
    return feed.counts().events[static_cast<std::size_t>(type)];
  };
  EXPECT_EQ(given(Type::trade), expected.trades);
  EXPECT_EQ(given(Type::book_change), expected.book_changes);
  EXPECT_EQ(given(Type::book_ticker), expected.book_tickers);
  EXPECT_EQ(given(Type::derivative_ticker), expected.derivative_tickers);
  EXPECT_EQ(feed.counts().malformed, 0u);
  EXPECT_EQ(feed.counts().impossible_times, 0u);
  EXPECT_EQ(out.gaps, 0);
  EXPECT_EQ(out.books.size(), expected.books);
  for (const auto& [symbol, state] : out.books) {
    EXPECT_EQ(state.crossed, 0) << symbol;
    EXPECT_FALSE(state.book.empty()) << symbol;
    // Each recorded symbol is one of the recorded market list.
    const bool listed = std::any_of(markets.begin(), markets.end(),
                                    [&](const venue::Market& m) { return m.symbol == symbol; });
    EXPECT_TRUE(listed) << symbol;
  }
}

// binance: aggTrade, kline; book changes newer than their snapshots, and those. bitstamp: of ten
// snapshots one belongs to a market that never changed.
INSTANTIATE_TEST_SUITE_P(Venues, Captures,
                         testing::Values(Expected{"binance", "binance", 2, 172 + 4, 84, 0, 4},
                                         Expected{"binance-futures", "binance-futures", 91, 749 + 4,
                                                  613, 0, 4},
                                         Expected{"bitstamp", "bitstamp", 10, 615 + 9, 0, 0, 9},
                                         Expected{"coinbase", "gdax", 97, 9719 + 10, 107, 0, 10},
                                         Expected{"okx", "okex", 74, 287 + 3, 0, 3, 3}),
                         [](const auto& test) {
                           std::string name{test.param.file};
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Each book frame of the capture has a checksum; the aligner compared them all.
TEST(CapturesOf, OkxChecksumsHold) {
  const char* directory = std::getenv("MD_CAPTURES");
  if (directory == nullptr) GTEST_SKIP() << "MD_CAPTURES is not set: no real captures here";
  auto in = codec::LineReader::open(fmt::format("{}/okx.raw.ndjson.zst", directory));
  ASSERT_TRUE(in) << in.error().message;

  const venue::Venue& okx = *venue::find("okx");
  struct Check final : venue::Sink {
    explicit Check(const venue::BookRule& r) : rule(r) {}
    void on_event(const Event&) override {}
    void on_request(const venue::Request&) override {}
    void on_book(const venue::BookUpdate& update) override {
      Book& book = books.try_emplace(std::string(update.symbol), rule.depth).first->second;
      book.apply(update.is_snapshot, update.bids, update.asks);
      const auto depth = static_cast<std::size_t>(rule.checksum_depth);
      const auto bids = book.best_bids(depth), asks = book.best_asks(depth);
      ASSERT_TRUE(update.checksum);
      if (rule.checksum({bids, asks}) == *update.checksum) ++equal;
    }
    const venue::BookRule& rule;
    std::map<std::string, Book> books;
    int equal = 0;
  } check{okx.book};
  const auto session = okx.session();
  codec::RawReader reader;
  for (std::string_view line; in->next(line) == codec::LineReader::Read::line;) {
    RawLine raw;
    ASSERT_TRUE(reader.read(line, raw));
    if (raw.kind != RawKind::frame) continue;
    ASSERT_TRUE(session->on_frame({raw.data, raw.local_timestamp}, check));
  }
  EXPECT_EQ(check.equal, 290);
}

// An older protocol's frames are unknown, and nothing is invented from them.
TEST(CapturesOf, AnotherEraAreUnknown) {
  const char* directory = std::getenv("MD_CAPTURES");
  if (directory == nullptr) GTEST_SKIP() << "MD_CAPTURES is not set: no real captures here";
  auto in = codec::LineReader::open(fmt::format("{}/kraken-v1-legacy.raw.ndjson.zst", directory));
  ASSERT_TRUE(in) << in.error().message;
  Rebuilder out;
  Feed feed{*venue::find("kraken"), {}, out};
  codec::RawReader reader;
  for (std::string_view line; in->next(line) == codec::LineReader::Read::line;) {
    RawLine raw;
    ASSERT_TRUE(reader.read(line, raw));
    ASSERT_TRUE(feed.on_raw(raw));
  }
  EXPECT_EQ(feed.counts().frames[static_cast<std::size_t>(FrameKind::unknown)], 4430u);
  EXPECT_EQ(feed.counts().events[static_cast<std::size_t>(Type::trade)], 0u);
  EXPECT_TRUE(out.books.empty());
}

}  // namespace
}  // namespace md::book
