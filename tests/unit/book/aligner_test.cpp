// Every path of the machine behind all books, with numbers small enough to follow by hand.
#include "book/aligner.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <deque>
#include <memory>

namespace md::book {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using venue::BookRule;
using venue::BookUpdate;

std::string text(const Seq& seq) { return seq ? std::to_string(*seq) : "-"; }
std::string text(std::span<const Level> levels) {
  std::string out;
  for (const Level& l : levels) out += fmt::format(" {}x{}", l.amount.to_text(), l.price.to_text());
  return out;
}

// What came out, a line each: "snapshot seq | bids | asks", "change prev>seq | ..", "gap ..".
class Log final : public Aligner::Out {
 public:
  void book_change(std::string_view, Micros timestamp, const BookChange& c) override {
    lines.push_back(c.is_snapshot ? fmt::format("{} {} |{} |{}", c.rebuilt ? "rebuilt" : "snapshot",
                                                text(c.seq), text(c.bids), text(c.asks))
                                  : fmt::format("change {}>{} |{} |{}", text(c.prev_seq),
                                                text(c.seq), text(c.bids), text(c.asks)));
    last_timestamp = timestamp;
  }
  void gap(std::string_view symbol, const Gap& g) override {
    EXPECT_EQ(symbol, "S");
    EXPECT_EQ(g.channel, Type::book_change);
    lines.push_back(fmt::format("gap {}>{} {}", text(g.prev_seq), text(g.seq), to_text(g.reason)));
  }
  void request(venue::Request r) override {
    lines.push_back("ask " + r.text);
    urgency = r.urgency;
    weight = r.weight;
  }
  void book_lost(std::string_view symbol) override { lost += symbol; }
  std::vector<std::string> take() { return std::exchange(lines, {}); }

  std::vector<std::string> lines;
  std::string lost;
  venue::Urgency urgency{};
  int weight = 0;
  Micros last_timestamp = 0;
};

std::string fetch(std::string_view symbol) { return fmt::format("/{}", symbol); }
std::vector<std::string> again(std::string_view symbol) {
  return {fmt::format("leave {}", symbol), fmt::format("enter {}", symbol)};
}

constexpr BookRule rest() {
  BookRule rule;
  rule.snapshot = BookRule::Snapshot::rest;
  rule.snapshot_request = fetch;
  return rule;
}
constexpr BookRule in_stream() {
  BookRule rule;
  rule.snapshot = BookRule::Snapshot::in_stream;
  rule.resubscribe = again;
  return rule;
}

class Machine {
 public:
  explicit Machine(BookRule rule)
      : rule_(std::make_unique<BookRule>(rule)),
        aligner_(std::make_unique<Aligner>(*rule_, "S", *room_)) {}

  void snapshot(Seq seq, std::vector<Level> bids, std::vector<Level> asks = {}, Micros time = 0,
                std::optional<std::uint32_t> checksum = {}) {
    aligner_->on_update({"S", time, true, bids, asks, {}, seq, checksum}, now, log);
  }
  void change(Seq prev, Seq seq, std::vector<Level> bids, std::vector<Level> asks = {},
              Micros time = 0, std::optional<std::uint32_t> checksum = {}) {
    aligner_->on_update({"S", time, false, bids, asks, prev, seq, checksum}, now, log);
  }
  void reply(Seq seq, std::vector<Level> bids) {
    aligner_->on_reply({"S", 0, true, bids, {}, {}, seq, {}}, now, log);
  }
  void give_up(GapReason reason) { aligner_->give_up(reason, log); }
  std::uint64_t unanswered() const { return aligner_->unanswered(); }
  std::vector<std::string> take() { return log.take(); }

  Log log;
  Micros now = 0;

 private:
  std::unique_ptr<BookRule> rule_;  // the aligner refers to it
  std::unique_ptr<Aligner::Room> room_ = std::make_unique<Aligner::Room>();
  std::unique_ptr<Aligner> aligner_;
};

Level at(int price, int amount) { return {Decimal{price, 0}, Decimal{amount, 0}}; }

// ---- snapshot by REST, numbers ----

TEST(Aligner, FirstChangeAsksForASnapshotOnce) {
  Machine m{rest()};
  m.change(9, 10, {at(1, 1)});
  m.change(10, 11, {at(1, 2)});
  EXPECT_THAT(m.take(), ElementsAre("ask /S"));
}

TEST(Aligner, HeldChangesFollowTheSnapshotThatMeetsThem) {
  Machine m{rest()};
  m.change(4, 6, {at(1, 1)});   // contained in the snapshot
  m.change(6, 10, {at(1, 2)});  // straddles it
  m.change(10, 12, {}, {at(9, 3)});
  m.take();
  m.snapshot(8, {at(1, 7)}, {at(9, 8)});
  EXPECT_THAT(m.take(),
              ElementsAre("snapshot 8 | 7x1 | 8x9", "change 8>10 | 2x1 |", "change 10>12 | | 3x9"));
  m.change(12, 13, {at(1, 0)});
  EXPECT_THAT(m.take(), ElementsAre("change 12>13 | 0x1 |"));
  EXPECT_EQ(m.unanswered(), 0u);
}

TEST(Aligner, SnapshotBeforeAnyChangeIsFollowedByAStraddlingOne) {
  Machine m{rest()};
  m.snapshot(8, {at(1, 7)});
  m.change(5, 8, {at(1, 8)});  // stale
  m.change(6, 9, {at(1, 9)});
  m.change(6, 12, {at(1, 10)});  // only the first may reach back
  EXPECT_THAT(m.take(), ElementsAre("snapshot 8 | 7x1 |", "change 8>9 | 9x1 |", "gap 9>12 sequence",
                                    "ask /S"));
}

TEST(Aligner, WhatIsGivenUpBeginsBehindWhatWasGiven) {
  Machine m{rest()};
  m.change(9, 10, {at(1, 1)});
  m.snapshot(9, {at(1, 7)});
  m.take();
  m.change(12, 13, {at(1, 2)});
  m.change(8, 9, {at(1, 2)});  // late, and of before
  m.take();
  m.give_up(GapReason::disconnect);
  EXPECT_THAT(m.take(), ElementsAre("gap 10>13 disconnect"));
}

TEST(Aligner, SnapshotOlderThanTheHeldChangesIsAskedForAgain) {
  Machine m{rest()};
  m.change(9, 10, {at(1, 1)});
  m.take();
  m.snapshot(8, {at(1, 7)});
  EXPECT_THAT(m.take(), ElementsAre("ask /S"));
  m.snapshot(9, {at(1, 7)});
  EXPECT_THAT(m.take(), ElementsAre("snapshot 9 | 7x1 |", "change 9>10 | 1x1 |"));
}

TEST(Aligner, SnapshotNewerThanAllHeldChangesDropsThem) {
  Machine m{rest()};
  m.change(9, 10, {at(1, 1)});
  m.take();
  m.snapshot(20, {at(1, 7)});
  EXPECT_THAT(m.take(), ElementsAre("snapshot 20 | 7x1 |"));
}

TEST(Aligner, GapHoldsTheChangeThatShowedItAndAsksAgain) {
  Machine m{rest()};
  m.snapshot(8, {at(1, 7)});
  m.change(8, 9, {at(1, 8)});
  m.take();
  m.change(11, 12, {at(1, 9)});
  m.change(12, 13, {at(1, 10)});
  EXPECT_THAT(m.take(), ElementsAre("gap 9>12 sequence", "ask /S"));
  m.snapshot(11, {at(1, 5)});
  EXPECT_THAT(m.take(),
              ElementsAre("snapshot 11 | 5x1 |", "change 11>12 | 9x1 |", "change 12>13 | 10x1 |"));
}

TEST(Aligner, GapAmongHeldChangesKeepsTheRestForTheNextSnapshot) {
  Machine m{rest()};
  m.change(9, 10, {at(1, 1)});
  m.change(11, 12, {at(1, 2)});
  m.take();
  m.snapshot(9, {at(1, 7)});
  EXPECT_THAT(m.take(), ElementsAre("snapshot 9 | 7x1 |", "change 9>10 | 1x1 |",
                                    "gap 10>12 sequence", "ask /S"));
  m.snapshot(12, {at(1, 2)});
  EXPECT_THAT(m.take(), ElementsAre("snapshot 12 | 2x1 |"));
}

TEST(Aligner, SnapshotNobodyAskedForLeavesALiveBookAlone) {
  Machine m{rest()};
  m.snapshot(8, {at(1, 7)});
  m.take();
  m.snapshot(8, {at(1, 6)});
  EXPECT_THAT(m.take(), IsEmpty());
}

TEST(Aligner, SnapshotWithoutNumberTakesTheFirstChange) {
  Machine m{rest()};  // a new listing has an empty book without a number
  m.change(0, 1, {at(1, 1)});
  m.take();
  m.snapshot({}, {});
  EXPECT_THAT(m.take(), ElementsAre("snapshot - | |", "change 0>1 | 1x1 |"));
}

// Changes 0>1, 1>2, .. one more than a book may hold for each of `more`; all ask for is forgotten.
void hold_too_many(Machine& m, std::size_t more) {
  for (std::size_t i = 0; i < Aligner::kMaxHeld + more; ++i)
    m.change(static_cast<std::int64_t>(i), static_cast<std::int64_t>(i + 1), {});
  EXPECT_THAT(m.take(), ElementsAre("ask /S"));
}

TEST(Aligner, WhatHadToGoIsNoLossWhereTheSnapshotContainsIt) {
  Machine m{rest()};
  hold_too_many(m, 3);
  EXPECT_EQ(m.unanswered(), 3u);
  m.snapshot(2, {at(1, 1)});  // it does not
  EXPECT_THAT(m.take(), ElementsAre("ask /S"));
  const auto last = static_cast<std::int64_t>(Aligner::kMaxHeld + 3);
  m.snapshot(last - 1, {at(1, 1)});
  EXPECT_THAT(m.take(), ElementsAre(fmt::format("snapshot {} | 1x1 |", last - 1),
                                    fmt::format("change {}>{} | |", last - 1, last)));
}

TEST(Aligner, WhatHadToGoIsOneGapWhenNoSnapshotCame) {
  Machine m{rest()};
  hold_too_many(m, 3);
  m.give_up(GapReason::disconnect);
  EXPECT_THAT(m.take(), ElementsAre("gap 0>3 overflow",
                                    fmt::format("gap 3>{} disconnect", Aligner::kMaxHeld + 3)));
  m.give_up(GapReason::stale);
  EXPECT_THAT(m.take(), IsEmpty());
}

TEST(Aligner, WhatHadToGoIsOneGapWhereNothingTellsThatTheSnapshotContainsIt) {
  Machine m{rest()};
  for (std::size_t i = 0; i < Aligner::kMaxHeld + 2; ++i) m.change({}, {}, {});
  m.take();
  m.snapshot({}, {at(1, 1)});
  const auto lines = m.take();
  EXPECT_EQ(lines[0], "gap ->- overflow");
  EXPECT_EQ(lines[1], "snapshot - | 1x1 |");
}

TEST(Aligner, OverflowCountsLevelsToo) {
  Machine m{rest()};
  const std::vector<Level> many(Aligner::kMaxHeldLevels, at(1, 1));
  m.change(0, 1, many);
  m.change(1, 2, {at(1, 1)});
  EXPECT_EQ(m.unanswered(), 1u);
  m.take();
  m.give_up(GapReason::stale);
  EXPECT_THAT(m.take(), ElementsAre("gap 0>1 overflow", "gap 1>2 stale"));
}

TEST(Aligner, BooksShareTheRoomAndEachKeepsItsNewest) {
  const BookRule rule = rest();
  Log log;
  Aligner::Room room{64 << 10};
  const std::ptrdiff_t all = room.left;
  const std::vector<Level> levels(20, at(1, 1));
  {
    std::deque<Aligner> books;
    for (int b = 0; b < 100; ++b) books.emplace_back(rule, "S", room);
    for (std::int64_t i = 0; i < 50; ++i) {
      for (Aligner& book : books) book.on_update({"S", 0, false, levels, {}, i, i + 1, {}}, 0, log);
    }
    EXPECT_LT(room.left, 0);  // by the newest of each at most
    EXPECT_GT(room.left, -100 * 2000);
    log.take();
    for (Aligner& book : books) {
      book.on_reply({"S", 0, true, levels, {}, {}, 49, {}}, 0, log);
      const auto lines = log.take();
      ASSERT_EQ(lines.size(), 2u);
      EXPECT_TRUE(lines[1].starts_with("change 49>50 ")) << lines[1];
    }
    EXPECT_EQ(room.left, all);
    books[0].on_update({"S", 0, false, levels, {}, 60, 61, {}}, 0, log);
    EXPECT_LT(room.left, all);
  }
  EXPECT_EQ(room.left, all);
}

TEST(Aligner, SaysHowUrgentASnapshotIs) {
  BookRule rule = rest();
  rule.snapshot_weight = 250;
  rule.refresh_ms = 1000;
  Machine m{rule};
  m.change(1, 2, {});
  EXPECT_EQ(m.log.urgency, venue::Urgency::first_book);
  EXPECT_EQ(m.log.weight, 250);
  m.snapshot(2, {});
  m.now = 2'000'000;
  m.change(2, 3, {});
  EXPECT_EQ(m.log.urgency, venue::Urgency::routine);
  m.change(5, 6, {});
  EXPECT_EQ(m.log.urgency, venue::Urgency::lost_book);
}

TEST(Aligner, GivingUpSaysWhatWaited) {
  Machine m{rest()};
  m.change(9, 10, {at(1, 1)});
  m.change(10, 11, {at(1, 1)});
  m.take();
  m.give_up(GapReason::disconnect);
  EXPECT_THAT(m.take(), ElementsAre("gap 9>11 disconnect"));
  EXPECT_EQ(m.unanswered(), 2u);
  m.give_up(GapReason::stale);
  EXPECT_THAT(m.take(), IsEmpty());
}

TEST(Aligner, GivingUpALiveBookLosesNothing) {
  Machine m{rest()};
  m.snapshot(8, {at(1, 7)});
  m.take();
  m.give_up(GapReason::disconnect);
  EXPECT_THAT(m.take(), IsEmpty());
}

// ---- snapshot by REST, timestamps ----

TEST(Aligner, TimestampsStandInForNumbers) {
  Machine m{rest()};
  m.change({}, {}, {at(1, 1)}, {}, 100);
  m.change({}, {}, {at(1, 2)}, {}, 200);
  m.take();
  m.snapshot({}, {at(1, 7)}, {}, 99);  // older than the first held
  EXPECT_THAT(m.take(), ElementsAre("ask /S"));
  m.snapshot({}, {at(1, 1)}, {}, 100);
  EXPECT_THAT(m.take(), ElementsAre("snapshot - | 1x1 |", "change ->- | 2x1 |"));
  m.change({}, {}, {at(1, 3)}, {}, 200);  // no longer stale: two changes may share a time
  EXPECT_THAT(m.take(), ElementsAre("change ->- | 3x1 |"));
}

BookRule refreshed() {
  BookRule rule = rest();
  rule.refresh_ms = 1000;
  return rule;
}

// A live book at time 100, after which a second has passed.
Machine due() {
  Machine m{refreshed()};
  m.snapshot({}, {at(1, 1), at(2, 2)}, {}, 90);
  m.change({}, {}, {at(1, 5)}, {}, 100);
  m.take();
  m.now = 1'000'001;
  return m;
}

TEST(Aligner, RefreshFoldsInWhatChangedSince) {
  Machine m = due();
  m.change({}, {}, {at(2, 0)}, {}, 200);
  EXPECT_THAT(m.take(), ElementsAre("ask /S", "change ->- | 0x2 |"));
  m.change({}, {}, {at(3, 3)}, {at(9, 9)}, 300);
  m.take();
  // Made at 250: it knows of 200 but not of 300.
  m.snapshot({}, {at(1, 5), at(4, 4)}, {}, 250);
  EXPECT_THAT(m.take(), ElementsAre("rebuilt - | 4x4 3x3 5x1 | 9x9"));
  EXPECT_EQ(m.log.last_timestamp, 300);
  m.change({}, {}, {at(1, 6)}, {}, 400);  // and not asked for again at once
  EXPECT_THAT(m.take(), ElementsAre("change ->- | 6x1 |"));
}

TEST(Aligner, RefreshFromACacheIsAskedForAgain) {
  Machine m = due();
  m.change({}, {}, {at(2, 0)}, {}, 200);
  m.take();
  m.snapshot({}, {at(1, 1), at(2, 2)}, {}, 95);  // does not know of the change at 100
  EXPECT_THAT(m.take(), ElementsAre("ask /S"));
  m.snapshot({}, {at(1, 5), at(2, 2)}, {}, 100);
  EXPECT_THAT(m.take(), ElementsAre("rebuilt - | 5x1 |"));
}

TEST(Aligner, RefreshThatIsNeverAnsweredIsTriedAgainLater) {
  Machine m = due();
  const std::vector<Level> many(Aligner::kMaxHeldLevels, at(1, 5));
  m.change({}, {}, many, {}, 200);
  m.change({}, {}, {at(2, 0)}, {}, 300);  // too much is held: nothing is lost, the book is live
  EXPECT_EQ(m.log.lines.front(), "ask /S");
  EXPECT_EQ(m.log.lines.back(), "change ->- | 0x2 |");
  m.take();
  m.snapshot({}, {}, {}, 400);
  EXPECT_THAT(m.take(), IsEmpty());
  m.now += 1'000'001;
  m.change({}, {}, {at(2, 1)}, {}, 500);
  EXPECT_THAT(m.take(), ElementsAre("ask /S", "change ->- | 1x2 |"));
  EXPECT_EQ(m.unanswered(), 0u);
}

// ---- snapshot in the stream ----

TEST(Aligner, ChangesBeforeTheStreamsSnapshotAreDropped) {
  Machine m{in_stream()};
  m.change(1, 2, {at(1, 1)});
  EXPECT_THAT(m.take(), IsEmpty());
  EXPECT_EQ(m.unanswered(), 1u);
  m.snapshot(5, {at(1, 7)});
  m.change(5, 6, {at(1, 8)});
  m.change(6, 3, {at(1, 9)});  // the numbers started again: the chain is whole
  EXPECT_THAT(m.take(),
              ElementsAre("snapshot 5 | 7x1 |", "change 5>6 | 8x1 |", "change 6>3 | 9x1 |"));
}

TEST(Aligner, GapInTheStreamSubscribesAgain) {
  Machine m{in_stream()};
  m.snapshot(5, {at(1, 7)});
  m.take();
  m.change(6, 7, {at(1, 8)});
  m.change(7, 8, {at(1, 8)});
  EXPECT_THAT(m.take(), ElementsAre("gap 5>7 sequence", "ask leave S", "ask enter S"));
  m.snapshot(9, {at(1, 9)});
  EXPECT_THAT(m.take(), ElementsAre("snapshot 9 | 9x1 |"));
}

TEST(Aligner, SnapshotAtAnyTimeReplaces) {
  Machine m{in_stream()};
  m.snapshot({}, {at(1, 7)});
  m.change({}, {}, {at(1, 8)});
  m.snapshot({}, {at(2, 7)});
  EXPECT_THAT(m.take(),
              ElementsAre("snapshot - | 7x1 |", "change ->- | 8x1 |", "snapshot - | 7x2 |"));
}

// ---- checksums ----

// The sum of the amounts of the best two levels a side.
std::uint32_t amounts(const venue::BookSides& sides) {
  std::uint32_t total = 0;
  EXPECT_LE(sides.bids.size(), 2u);
  for (const auto side : {sides.bids, sides.asks}) {
    for (const Level& level : side) total += static_cast<std::uint32_t>(level.amount.mantissa());
  }
  return total;
}

BookRule checked() {
  BookRule rule = in_stream();
  rule.depth = 3;
  rule.checksum_depth = 2;
  rule.checksum = amounts;
  return rule;
}

TEST(Aligner, ChecksumIsOverTheBestLevelsAfterTheMessage) {
  Machine m{checked()};
  m.snapshot({}, {at(1, 1), at(2, 2), at(3, 4)}, {at(9, 8)}, 0, 4 + 2 + 8);
  m.change({}, {}, {at(3, 0)}, {}, 0, 2 + 1 + 8);
  m.change({}, {}, {at(4, 16)}, {}, 0, {});  // a message without one is not checked
  EXPECT_THAT(m.take(), ElementsAre("snapshot - | 1x1 2x2 4x3 | 8x9", "change ->- | 0x3 |",
                                    "change ->- | 16x4 |"));
}

// ---- either: a channel with snapshots, and an older one without ----

BookRule either() {
  BookRule rule = in_stream();
  rule.snapshot_request = fetch;
  return rule;
}

TEST(Aligner, OlderChannelMeetsItsRestSnapshot) {
  Machine m{either()};
  m.change(100, 103, {at(1, 1)});
  m.change(103, 105, {at(2, 2)});
  EXPECT_THAT(m.take(), IsEmpty());  // the stream may bring one
  m.reply(102, {at(3, 3)});
  m.change(105, 106, {});
  EXPECT_THAT(m.take(), ElementsAre("snapshot 102 | 3x3 |", "change 102>103 | 1x1 |",
                                    "change 103>105 | 2x2 |", "change 105>106 | |"));
  m.change(107, 108, {});
  EXPECT_THAT(m.take(), ElementsAre("gap 106>108 sequence", "ask /S"));
}

TEST(Aligner, SnapshotOfTheStreamNeedsNoReply) {
  Machine m{either()};
  m.change(100, 103, {at(1, 1)});
  m.snapshot(50, {at(4, 4)});
  m.reply(102, {at(3, 3)});
  m.change(50, 51, {at(5, 5)});
  EXPECT_THAT(m.take(), ElementsAre("snapshot 50 | 4x4 |", "change 50>51 | 5x5 |"));
  m.change(60, 61, {});
  EXPECT_THAT(m.take(), ElementsAre("gap 51>61 sequence", "ask leave S", "ask enter S"));
}

TEST(Aligner, SnapshotMayBeAskedForByFrame) {
  BookRule rule = rest();
  rule.snapshot_request = nullptr;
  rule.resubscribe = again;
  Machine m{rule};
  m.change(100, 103, {at(1, 1)});
  m.snapshot(101, {at(3, 3)});
  EXPECT_THAT(m.take(), ElementsAre("ask leave S", "ask enter S", "snapshot 101 | 3x3 |",
                                    "change 101>103 | 1x1 |"));
}

TEST(Aligner, LevelsBeyondTheDepthAreForgotten) {
  Machine m{checked()};
  m.snapshot({}, {at(3, 1), at(2, 2), at(1, 4)}, {}, 0, 3);
  m.change({}, {}, {at(4, 8)}, {}, 0, 9);            // 1 falls out
  m.change({}, {}, {at(4, 0), at(3, 0)}, {}, 0, 2);  // so only 2 is left
  EXPECT_EQ(m.take().back(), "change ->- | 0x4 0x3 |");
}

TEST(Aligner, ChecksumAloneVerifiesAndGivesNothing) {
  Machine m{checked()};
  m.change({}, {}, {}, {}, 0, 99);  // no book yet
  m.snapshot({}, {at(1, 1)});
  m.change({}, {}, {}, {}, 0, 1);
  m.change({}, {}, {at(2, 4)});
  EXPECT_THAT(m.take(), ElementsAre("snapshot - | 1x1 |", "change ->- | 4x2 |"));
  m.change({}, {}, {}, {}, 0, 1);
  EXPECT_THAT(m.take(), ElementsAre("gap ->- checksum", "ask leave S", "ask enter S"));
  EXPECT_EQ(m.log.lost, "S");
}

TEST(Aligner, WrongChecksumEndsTheBook) {
  Machine m{checked()};
  m.snapshot({}, {at(1, 1)}, {}, 0, 1);
  m.change({}, {}, {at(1, 2)}, {}, 0, 1);
  m.change({}, {}, {at(1, 3)}, {}, 0, 3);
  EXPECT_THAT(m.take(),
              ElementsAre("snapshot - | 1x1 |", "gap ->- checksum", "ask leave S", "ask enter S"));
  m.snapshot({}, {at(1, 4)}, {}, 0, 5);
  EXPECT_THAT(m.take(), ElementsAre("gap ->- checksum", "ask leave S", "ask enter S"));
  m.snapshot({}, {at(1, 4)}, {}, 0, 4);
  EXPECT_THAT(m.take(), ElementsAre("snapshot - | 4x1 |"));
}

TEST(Aligner, TwoRepliesAheadOfALiveBookProveItsStreamDead) {
  Machine m{rest()};
  m.change(10, 11, {at(1, 1)});
  m.reply(10, {at(1, 1)});
  m.take();
  m.reply(11, {at(1, 1)});  // quiet
  m.now += 6 * kSecond;
  m.reply(12, {at(1, 2)});  // ahead, maybe by a moment
  m.now += 4 * kSecond;
  m.reply(13, {at(1, 2)});
  m.now += 2 * kSecond;
  m.change(11, 12, {at(1, 2)});  // it was
  m.take();
  m.reply(14, {at(1, 3)});
  EXPECT_THAT(m.take(), IsEmpty());
  m.now += 5 * kSecond;
  m.reply(15, {at(1, 4)});
  EXPECT_THAT(m.take(), ElementsAre("gap 12>15 stale", "ask /S"));
  m.reply(15, {at(1, 4)});
  EXPECT_THAT(m.take(), ElementsAre("snapshot 15 | 4x1 |"));
}

}  // namespace
}  // namespace md::book
