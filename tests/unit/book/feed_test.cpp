// The feed around sessions and books, with a venue made for the test.
#include "book/feed.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <charconv>

#include "base/buffer.hpp"
#include "codec/event_json.hpp"

namespace md::book {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using venue::FrameKind;

constexpr Micros kNow = 1'795'168'800 * kSecond;  // 2026-11-20T10:00:00Z

std::vector<std::int64_t> numbers(std::string_view text) {
  std::vector<std::int64_t> out;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::int64_t number = 0;
    at = std::from_chars(at, end, number).ptr + 1;
    out.push_back(number);
  }
  return out;
}

// Frames are "<letter> <numbers>": t timestamp, i trade id, d last price, m mark price, b prev seq
// timestamp, g prev seq of a connection-wide gap; replies "seq timestamp" (seq 0 = none), or "i
// ids" of trades.
class ToySession final : public venue::Session {
 public:
  Result<FrameKind> on_frame(const venue::Frame& frame, venue::Sink& out) override {
    if (frame.data.size() < 3) return Error{Errc::malformed, "broken"};
    const auto n = numbers(frame.data.substr(2));
    const Level level{Decimal{1, 0}, Decimal{1, 0}};
    switch (frame.data[0]) {
      case 't':
        out.on_event({{}, "S", n[0], 0, Trade{}});
        return FrameKind::data;
      case 'i':
        for (const std::int64_t id : n)
          out.on_event({{}, "S", kNow, 0, Trade{std::to_string(id), {}, {}, {}, {}, {}}});
        return FrameKind::data;
      case 'd':
        out.on_event({{}, "S", 0, 0, DerivativeTicker{Decimal{n[0], 0}, {}, {}, {}, {}, {}, {}}});
        return FrameKind::data;
      case 'm':
        out.on_event({{}, "S", 0, 0, DerivativeTicker{{}, {}, {}, {}, {}, {}, Decimal{n[0], 0}}});
        return FrameKind::data;
      case 'b': {
        venue::BookUpdate update{"S", n[2], false, {&level, 1}, {}, {}, {}, {}};
        if (n[1] != 0) update.prev_seq = n[0], update.seq = n[1];
        out.on_book(update);
        return FrameKind::data;
      }
      case 'g':
        out.on_event({{}, {}, 0, 0, Gap{Type::book_change, n[0], n[1], GapReason::sequence, {}}});
        return FrameKind::data;
      default:
        return FrameKind::unknown;
    }
  }
  Result<FrameKind> on_reply(const venue::Reply& reply, venue::Sink& out) override {
    if (reply.data.starts_with("i ")) return on_frame({reply.data, 0}, out);
    const auto n = numbers(reply.data);
    venue::BookUpdate update{"S", n[1], true, {}, {}, {}, {}, {}};
    if (n[0] != 0) update.seq = n[0];
    out.on_book(update);
    return FrameKind::data;
  }
};

const venue::Venue kToy{
    .id = "toy",
    .ws_url = "wss://toy",
    .rest_url = "https://toy",
    .types = {Type::trade, Type::book_change, Type::derivative_ticker},
    .book = {.snapshot = venue::BookRule::Snapshot::rest,
             .snapshot_request = [](std::string_view s) { return "/" + std::string(s); }},
    .trade_ids = venue::TradeIds::contiguous,
    .trade_history = {.request =
                          [](const venue::TradeHole& hole) {
                            return fmt::format("/after/{}", hole.after_id);
                          },
                      .paging = venue::TradeHistory::Paging::forward},
    .session = []() -> std::unique_ptr<venue::Session> { return std::make_unique<ToySession>(); },
};

class FeedTest : public testing::Test, public EventSink, public Driver {
 protected:
  Feed& feed() {
    if (!feed_) feed_ = std::make_unique<Feed>(kToy, types, *this, this);
    return *feed_;
  }
  void frame(std::string_view data, std::uint32_t connection = 1) {
    (void)feed().on_frame(connection, {data, now});
  }
  void reply(std::string_view data) { (void)feed().on_reply({"/S", 200, data, now}); }
  std::vector<std::string> take() { return std::exchange(lines_, {}); }

  Types types;
  Micros now = kNow;
  std::vector<std::string> asked;

 private:
  void on_event(const Event& event) override {
    Buffer line;
    codec::append_event(line, event);
    lines_.emplace_back(line.view().substr(0, line.size() - 1));
  }
  void request(std::uint32_t connection, const venue::Request& request) override {
    asked.push_back(fmt::format("{}:{}", connection, request.text));
  }

  std::unique_ptr<Feed> feed_;
  std::vector<std::string> lines_;
};

// What was missed is asked for by no connection, since its own may be gone, and stands behind what
// came meanwhile. See trade_line_test.cpp.
TEST_F(FeedTest, MissingTradesAreAskedForAndGiven) {
  frame("i 1");
  frame("i 4", 2);
  frame("i 4");
  EXPECT_THAT(asked, ElementsAre("0:/after/1"));
  EXPECT_THAT(take(), ElementsAre(HasSubstr(R"("id":"1")"), HasSubstr(R"("id":"4")")));
  EXPECT_EQ(feed().counts().repeated, 1u);
  now += kSecond;
  (void)feed().on_reply({"https://toy/after/1", 200, "i 2", now});
  EXPECT_THAT(take(), ElementsAre(HasSubstr(
                          R"("backfilled":true,"timestamp":"2026-11-20T10:00:00.000000Z",)"
                          R"("localTimestamp":"2026-11-20T10:00:01.000000Z")")));
  EXPECT_THAT(asked, ElementsAre("0:/after/1", "0:/after/2"));
  now += 5 * kMinute;
  frame("i 5");
  EXPECT_THAT(
      take(),
      ElementsAre(HasSubstr(R"("channel":"trade","prevSeq":2,"seq":4,"reason":"disconnect")"),
                  HasSubstr(R"("id":"5")")));
}

TEST_F(FeedTest, EventsGetTheirExchangeAndTimes) {
  frame("t 1795168799500000");
  frame("t 0");
  EXPECT_THAT(
      take(),
      ElementsAre(
          R"({"type":"trade","symbol":"S","exchange":"toy","price":0,"amount":0,"side":"unknown","timestamp":"2026-11-20T09:59:59.500000Z","localTimestamp":"2026-11-20T10:00:00.000000Z"})",
          R"({"type":"trade","symbol":"S","exchange":"toy","price":0,"amount":0,"side":"unknown","timestamp":"2026-11-20T10:00:00.000000Z","localTimestamp":"2026-11-20T10:00:00.000000Z"})"));
  EXPECT_EQ(feed().counts().impossible_times, 0u);
}

TEST_F(FeedTest, TimesThatCannotBeTrueAreReplacedAndCounted) {
  frame("t 1000000000000000");  // 2001
  frame(fmt::format("t {}", kNow + kDay + 1));
  frame("t -62135596800000000");  // the year 1
  for (const std::string& line : take())
    EXPECT_THAT(line, HasSubstr(R"("timestamp":"2026-11-20T10:00:00.000000Z")"));
  EXPECT_EQ(feed().counts().impossible_times, 3u);
  frame(fmt::format("t {}", kNow + kDay));
  EXPECT_EQ(feed().counts().impossible_times, 3u);
}

TEST_F(FeedTest, DerivativeTickersAddUp) {
  frame("d 7");
  frame("m 8");
  frame("d 9", 2);
  const auto lines = take();
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[1], HasSubstr(R"("lastPrice":7,"markPrice":8)"));
  EXPECT_THAT(lines[2], HasSubstr(R"("lastPrice":9,"markPrice":8)"));
}

TEST_F(FeedTest, TypesNotWantedAreNotGiven) {
  types = {Type::trade};
  frame("d 7");
  frame("b 1 2 0");
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_THAT(asked, IsEmpty());
  frame("t 0");
  EXPECT_THAT(take(), SizeIs(1));
}

TEST_F(FeedTest, FramesAreCountedByKind) {
  frame("t 0");
  frame("? 0");
  frame("");
  const Feed::Counts& counts = feed().counts();
  EXPECT_EQ(counts.frames[static_cast<std::size_t>(FrameKind::data)], 1u);
  EXPECT_EQ(counts.frames[static_cast<std::size_t>(FrameKind::unknown)], 1u);
  EXPECT_EQ(counts.malformed, 1u);
  EXPECT_EQ(counts.events[static_cast<std::size_t>(Type::trade)], 1u);
}

TEST_F(FeedTest, SnapshotReachesTheBooksOfAllConnections) {
  frame("b 1 2 0", 1);
  frame("b 1 2 0", 2);
  EXPECT_THAT(asked, ElementsAre("1:/S", "2:/S"));
  reply("1 0");
  EXPECT_THAT(take(), SizeIs(4));  // a snapshot and a change each
}

TEST_F(FeedTest, SnapshotThatCameFirstMeetsByNumbers) {
  reply("5 0");
  frame("b 3 6 0");
  const auto lines = take();
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[1], HasSubstr(R"("prevSeq":5,"seq":6)"));
}

TEST_F(FeedTest, SnapshotThatCameFirstMeetsByTime) {
  feed().on_connect(1, {}, now);
  take();
  reply(fmt::format("0 {}", kNow));
  frame(fmt::format("b 0 0 {}", kNow - 1));  // contained in it
  frame(fmt::format("b 0 0 {}", kNow + 1));
  EXPECT_THAT(take(), SizeIs(2));
}

TEST_F(FeedTest, SnapshotOfBeforeTheConnectionIsNotItsBook) {
  reply(fmt::format("0 {}", kNow - 100));
  now = kNow + 1;
  feed().on_connect(1, {}, now);
  take();
  frame(fmt::format("b 0 0 {}", kNow + 50));
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_THAT(asked, ElementsAre("1:/S"));
}

TEST_F(FeedTest, EndOfAConnectionEndsItsBooks) {
  frame("b 1 2 0");
  feed().on_disconnect(1, {}, "reset", now);
  const auto lines = take();
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0],
              HasSubstr(R"("channel":"book_change","prevSeq":1,"seq":2,"reason":"disconnect")"));
  EXPECT_THAT(lines[1], HasSubstr(R"("type":"disconnect")"));
  reply("1 0");
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_EQ(feed().counts().unanswered, 1u);
}

TEST_F(FeedTest, ABookThatBeginsAgainTellsWhatItMissed) {
  frame("b 1 2 0");
  reply("1 0");
  feed().on_disconnect(1, {}, "reset", now);
  frame("b 7 8 0", 2);
  take();
  reply("7 0");
  const auto lines = take();
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[0],
              HasSubstr(R"("channel":"book_change","prevSeq":2,"seq":7,"reason":"disconnect")"));
  EXPECT_THAT(lines[1], HasSubstr(R"("isSnapshot":true)"));
}

TEST_F(FeedTest, ABookThatMissedNothingTellsNothing) {
  frame("b 1 2 0");
  reply("1 0");
  feed().on_disconnect(1, {}, "reset", now);
  frame("b 2 3 0", 2);
  take();
  reply("2 0");
  const auto lines = take();
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], HasSubstr(R"("isSnapshot":true)"));
}

TEST_F(FeedTest, ReconnectStartsAfresh) {
  reply("1 0");
  frame("b 1 2 0");
  feed().on_connect(1, {}, now);
  take();
  frame("b 7 8 0");
  EXPECT_THAT(take(), IsEmpty());  // no gap: another connection's numbers, waiting for a snapshot
  feed().finish(now);
  EXPECT_THAT(take(), ElementsAre(HasSubstr(R"("prevSeq":7,"seq":8,"reason":"stale")")));
}

TEST_F(FeedTest, AGapOfAConnectionNamesAllItCarries) {
  const std::string_view carried[] = {"S", "T"};
  feed().on_connect(1, carried, now);
  take();
  frame("g 4 6");
  EXPECT_THAT(take(), ElementsAre(HasSubstr(R"("symbols":["S","T"],"channel":"book_change",)"
                                            R"("prevSeq":4,"seq":6,"reason":"sequence")")));
}

}  // namespace
}  // namespace md::book
