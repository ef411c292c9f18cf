// The rules of merging, each on the fewest lines that show it.
#include "dedupe/merger.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace md::dedupe {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

// "HH" of the tests' times: milliseconds on a fixed day.
std::string at(int ms) {
  return fmt::format("2026-05-20T10:00:{:02}.{:03}000Z", ms / 1000, ms % 1000);
}
std::string tail(int ms) {
  return fmt::format(R"(,"timestamp":"2026-05-20T09:59:59.000000Z","localTimestamp":"{}"}})",
                     at(ms));
}
std::string trade(std::string_view venue, std::string_view id, int ms) {
  return fmt::format(
      R"({{"type":"trade","symbol":"X","exchange":"{}"{},"price":1,"amount":2,"side":"buy"{})",
      venue, id.empty() ? "" : fmt::format(R"(,"id":"{}")", id), tail(ms));
}
// A change from prev to seq; a snapshot if prev is negative.
std::string book(int prev, int seq, int ms, int amount = 1, std::string_view venue = "binance") {
  return fmt::format(
      R"({{"type":"book_change","symbol":"X","exchange":"{}","isSnapshot":{},"bids":[{{"price":1,"amount":{}}}],"asks":[]{},"seq":{}{})",
      venue, prev < 0, amount, prev < 0 ? "" : fmt::format(R"(,"prevSeq":{})", prev), seq,
      tail(ms));
}
std::string gap(int prev, int seq, int ms) {
  return fmt::format(
      R"({{"type":"gap","symbol":"X","exchange":"binance","channel":"book_change","prevSeq":{},"seq":{},"reason":"sequence"{})",
      prev, seq, tail(ms));
}
std::string connection(std::string_view type, int ms) {
  return fmt::format(
      R"({{"type":"{}","exchange":"binance","symbols":["X"],"localTimestamp":"{}"}})", type,
      at(ms));
}

class Collector : public MergedSink {
 public:
  Result<void> write(const Stream&, const MergedLine& line) override {
    lines.emplace_back(line.text);
    return {};
  }
  Lines lines;
};

class MergerTest : public testing::Test {
 protected:
  ~MergerTest() override { std::filesystem::remove_all(directory_); }

  Lines merge(const std::vector<Lines>& recordings, std::size_t window = 1000) {
    std::vector<std::string> paths;
    for (const Lines& lines : recordings) {
      paths.push_back(fmt::format("{}/{}.ndjson", directory_, paths.size()));
      std::ofstream out{paths.back()};
      for (const std::string& line : lines) out << line << '\n';
    }
    const auto found = find_recordings(paths);
    Collector out;
    const auto reject = [this](const Error& error, std::string_view) {
      rejected.push_back(error.text());
      return Result<void>{};
    };
    Merger merger{{.window = window}, *found, reject, out};
    const std::atomic<bool> stop{false};
    EXPECT_TRUE(merger.run(stop));
    counts = merger.counts();
    return out.lines;
  }

  Merger::Counts counts;
  Lines rejected;

 private:
  std::string directory_ = [] {
    std::string name = (std::filesystem::temp_directory_path() / "merger_test.XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    return name;
  }();
};

TEST_F(MergerTest, FillsLostTradesById) {
  const Lines a{trade("binance", "1", 10), trade("binance", "3", 30)};
  const Lines b{trade("binance", "1", 12), trade("binance", "2", 21), trade("binance", "3", 28)};
  EXPECT_THAT(merge({a, b}), ElementsAre(a[0], b[1], b[2]));
  EXPECT_EQ(counts.copies, 2u);
}

// What one recorder fetched later is what another had at once, with an id or without one.
TEST_F(MergerTest, BackfilledTradesAreTheLiveOnes) {
  const auto past = [](std::string line) {
    return line.insert(line.find(R"(,"timestamp")"), R"(,"backfilled":true)");
  };
  for (const std::string_view id : {"2", ""}) {
    const std::string venue = id.empty() ? "lbank" : "binance";
    const std::string first = trade(venue, id.empty() ? "" : "1", 0);
    const std::string live = trade(venue, id, 10);
    EXPECT_THAT(merge({{trade(venue, id.empty() ? "" : "1", 1), past(trade(venue, id, 9000))},
                       {first, live}}),
                ElementsAre(first, live));
  }
}

// A recorder's gap is none where another has the trades.
TEST_F(MergerTest, GapsOfTradesAreKeptOnlyWhereIdsAreMissing) {
  const auto trade_gap = [](int prev, int seq, int ms) {
    std::string line = gap(prev, seq, ms);
    return line.replace(line.find("book_change"), 11, "trade");
  };
  const Lines a{trade("binance", "1", 0), trade("binance", "5", 40), trade_gap(1, 5, 9000)};
  const Lines b{trade("binance", "2", 10), trade("binance", "3", 20), trade("binance", "4", 30)};
  EXPECT_THAT(merge({a, b}), ElementsAre(a[0], b[0], b[1], b[2], a[1]));
  EXPECT_THAT(merge({a, {b[0], b[2]}}), ElementsAre(a[0], b[0], b[2], a[1], a[2]));
}

TEST_F(MergerTest, IdsBeyondDoublesAreDifferent) {
  const Lines a{trade("binance", "9007199254740992", 10), trade("binance", "9007199254740993", 10)};
  EXPECT_EQ(merge({a, a}), a);
}

TEST_F(MergerTest, SameContentSeenTwiceIsTwoObservations) {
  const Lines twice{trade("nowhere", "", 10), trade("nowhere", "", 10)};
  const Lines thrice{trade("nowhere", "", 11), trade("nowhere", "", 11), trade("nowhere", "", 12)};
  EXPECT_THAT(merge({twice, thrice}), ElementsAre(twice[0], twice[1], thrice[2]));
}

TEST_F(MergerTest, ContentWithoutExchangeTimeIsTheSameOnlyNearby) {
  const auto ticker = [](int ms) {
    return fmt::format(
        R"({{"type":"book_ticker","symbol":"X","exchange":"nowhere","askPrice":2,"bidPrice":1,"timestamp":"{0}","localTimestamp":"{0}"}})",
        at(ms));
  };
  // 10 and 40 ms are one observation; 5 s later it is another.
  EXPECT_THAT(merge({{ticker(10), ticker(5010)}, {ticker(40)}}),
              ElementsAre(ticker(10), ticker(5010)));
  // What one recorder lost at 10 ms, and the other 5 s later: nothing is taken for what it is not.
  EXPECT_THAT(merge({{ticker(5010)}, {ticker(40)}}), ElementsAre(ticker(40), ticker(5010)));
}

TEST_F(MergerTest, TiesAreOrderedByStreamThenNumber) {
  const std::string first = trade("binance", "9", 10), second = trade("binance", "10", 10),
                    third = book(-1, 5, 10), fourth = book(5, 6, 10);
  EXPECT_THAT(merge({{fourth, second}, {third, first}}), ElementsAre(first, second, third, fourth));
}

TEST_F(MergerTest, OtherSpellingsAreTheSameEvent) {
  const std::string ours = trade("binance", "7", 10);
  const std::string theirs =
      R"({ "exchange":"binance", "symbol":"X", "type":"trade", "id":"7", "amount":2.0, "price":1, "side":"buy", )"
      R"("localTimestamp":"2026-05-20T10:00:00.005Z", "timestamp":"2026-05-20T09:59:59Z" })";
  EXPECT_THAT(merge({{ours}, {theirs}}), ElementsAre(theirs));
}

TEST_F(MergerTest, ChainIsFilledBeforeItsSuccessor) {
  const Lines a{book(-1, 100, 10), book(100, 105, 20), book(110, 115, 40)};
  const Lines b{book(-1, 100, 11), book(100, 105, 21), book(105, 110, 45), book(110, 115, 55)};
  // The line of the slower recorder takes the time of the one it must precede.
  EXPECT_THAT(merge({a, b}), ElementsAre(a[0], a[1], book(105, 110, 40), a[2]));
  EXPECT_EQ(counts.changed, 1u);
}

TEST_F(MergerTest, OtherCutsMendTheChain) {
  const Lines a{book(-1, 100, 10), book(100, 105, 20), book(113, 115, 60)};
  const Lines b{book(-1, 100, 11),  book(100, 103, 21), book(103, 108, 31),
                book(108, 112, 41), book(112, 115, 51), book(115, 117, 61)};
  EXPECT_THAT(merge({a, b}), ElementsAre(a[0], a[1], book(105, 108, 31), b[3], b[4], b[5]));
}

TEST_F(MergerTest, SnapshotOfReconnectIsNotNeededWhereAnotherWentOn) {
  const Lines a{book(-1, 100, 10), book(100, 101, 20), book(-1, 103, 40), book(103, 104, 50)};
  const Lines b{book(-1, 100, 11), book(100, 101, 22), book(101, 102, 31), book(102, 103, 35),
                book(103, 104, 52)};
  EXPECT_THAT(merge({a, b}), ElementsAre(a[0], a[1], b[2], b[3], a[2], a[3]));
  const Lines late{a[0], a[1], book(-1, 103, 33), a[3]};
  EXPECT_THAT(merge({late, b}), ElementsAre(a[0], a[1], b[2], b[3], a[3]));
}

TEST_F(MergerTest, SnapshotIsNeededWhereTheChainBroke) {
  const Lines a{book(-1, 100, 10), book(100, 101, 20), gap(101, 103, 35), book(-1, 104, 40),
                book(104, 105, 50)};
  const Lines b{book(-1, 100, 11), book(100, 101, 22)};
  EXPECT_EQ(merge({a, b}), a);
}

TEST_F(MergerTest, FirstChangeAfterASnapshotIsTheSameMessage) {
  // The recorders' snapshots differ, so the change that both received begins elsewhere for each.
  const Lines a{book(-1, 100, 10), book(100, 105, 20), book(105, 106, 30)};
  const Lines b{book(-1, 103, 12), book(103, 105, 22), book(105, 106, 32)};
  EXPECT_EQ(merge({a, b}), a);
  EXPECT_EQ(merge({b, a}), a);
}

TEST_F(MergerTest, UnfilledHoleStays) {
  const Lines a{book(-1, 100, 10), book(100, 101, 20), book(103, 104, 40), book(104, 105, 50)};
  EXPECT_EQ(merge({a, a}), a);
}

TEST_F(MergerTest, VenueThatCountsAnewGoesOn) {
  const Lines a{book(-1, 1000, 10), book(1000, 1001, 20), book(1001, 3, 30), book(3, 4, 40),
                book(4, 5, 50)};
  EXPECT_EQ(merge({a, a}), a);
  const Lines restarted{book(-1, 1000, 10), connection("disconnect", 20), connection("connect", 30),
                        book(-1, 3, 40), book(3, 4, 50)};
  EXPECT_EQ(merge({restarted, restarted}), restarted);
}

TEST_F(MergerTest, GapsAreKeptOnlyWhereNobodyFilledThem) {
  const Lines a{book(-1, 100, 10), gap(100, 102, 30), book(-1, 102, 40), book(102, 103, 50)};
  const Lines b{book(-1, 100, 11), book(100, 101, 21), book(101, 102, 31), book(102, 103, 51)};
  EXPECT_THAT(merge({a, b}), ElementsAre(a[0], b[1], b[2], a[2], a[3]));
}

TEST_F(MergerTest, ConnectionsOfOneRecorderAreNotTheStreams) {
  const Lines a{connection("connect", 1), trade("binance", "1", 10), connection("disconnect", 20),
                connection("connect", 60), trade("binance", "4", 70)};
  const Lines b{connection("connect", 2), trade("binance", "1", 11), trade("binance", "2", 30),
                trade("binance", "3", 65), trade("binance", "4", 71)};
  EXPECT_THAT(merge({a, b}), ElementsAre(a[0], a[1], b[2], b[3], a[4]));
  // Both down at once: the stream has a hole.
  const Lines c{connection("connect", 2), trade("binance", "1", 11), connection("disconnect", 25),
                connection("connect", 80), trade("binance", "5", 90)};
  EXPECT_THAT(merge({a, c}), ElementsAre(a[0], a[1], a[2], a[3], a[4], c[4]));
}

TEST_F(MergerTest, FollowedBookGoesOverBeforeTheLossWasNoticed) {
  const auto change = [](int ms, int amount, bool is_snapshot = false, bool rebuilt = false) {
    return fmt::format(
        R"({{"type":"book_change","symbol":"X","exchange":"coinbase","isSnapshot":{},"bids":[{{"price":1,"amount":{}}}],"asks":[]{}{})",
        is_snapshot, amount, rebuilt ? R"(,"rebuilt":true)" : "", tail(ms));
  };
  const auto connection_of = [](std::string_view type, int ms) {
    return fmt::format(
        R"({{"type":"{}","exchange":"coinbase","symbols":["X"],"localTimestamp":"{}"}})", type,
        at(ms));
  };
  // Recorder a is deaf from 20 on, and notices at 60; the two receive other cuts.
  const Lines a{connection_of("connect", 1),
                change(10, 5, true),
                change(20, 6),
                connection_of("disconnect", 60),
                connection_of("connect", 70),
                change(80, 8, true),
                change(90, 9)};
  const Lines b{connection_of("connect", 2),
                change(12, 15, true),
                change(21, 16),
                change(40, 17),
                change(75, 18),
                change(91, 19)};
  EXPECT_THAT(merge({a, b}),
              ElementsAre(a[0], a[1], a[2], change(21, 15, true, true), b[2], b[3], b[4], b[5]));
  EXPECT_EQ(counts.rebuilt, 1u);
  // Where both receive the same, each fills what the other lost.
  const Lines whole{change(10, 1, true), change(20, 2), change(30, 3), change(40, 4),
                    change(50, 5)};
  EXPECT_EQ(merge({{whole[1], whole[2], whole[4]}, {whole[0], whole[1], whole[3], whole[4]}}),
            whole);
}

TEST_F(MergerTest, DisorderWithinTheWindowIsSorted) {
  const Lines a{trade("binance", "1", 30), trade("binance", "2", 10), trade("binance", "3", 40)};
  EXPECT_THAT(merge({a}), ElementsAre(a[1], a[0], a[2]));
  EXPECT_EQ(counts.late, 0u);
}

TEST_F(MergerTest, DisorderBeyondTheWindowIsWrittenAndCounted) {
  const Lines a{trade("binance", "1", 30), trade("binance", "2", 40), trade("binance", "3", 50),
                trade("binance", "4", 10)};
  EXPECT_THAT(merge({a}, 2), ElementsAre(a[0], a[1], a[3], a[2]));
  EXPECT_EQ(counts.late, 1u);
}

TEST_F(MergerTest, BadLinesAreReportedAndGoodOnesKept) {
  const Lines a{trade("binance", "1", 10), "{\"type\":\"trade\"", "", trade("binance", "2", 20),
                "garbage"};
  EXPECT_THAT(merge({a}), ElementsAre(a[0], a[3]));
  EXPECT_EQ(rejected.size(), 2u);
}

TEST_F(MergerTest, LongLinesAndTinyWindows) {
  Lines a;
  std::string levels = "{\"price\":1,\"amount\":1}";
  for (int i = 0; i < 20000; ++i)
    levels += ",{\"price\":" + std::to_string(i + 2) + ",\"amount\":1}";
  for (int i = 0; i < 40; ++i) {
    a.push_back(fmt::format(
        R"({{"type":"book_change","symbol":"X","exchange":"binance","isSnapshot":false,"bids":[{}],"asks":[],"prevSeq":{},"seq":{}{})",
        levels, i, i + 1, tail(i)));
  }
  EXPECT_EQ(merge({a, a}, 3), a);
  EXPECT_EQ(merge({a, a}, 1), a);
}

}  // namespace
}  // namespace md::dedupe
