// Books without numbers: one recorder at a time.
#include "dedupe/book_follow.hpp"

#include <gtest/gtest.h>

namespace md::dedupe {
namespace {

using Verdict = BookFollow::Verdict;

class BookFollowTest : public testing::Test {
 protected:
  // A level's amount at price 1, from a recorder.
  Verdict message(int recorder, Micros time, int amount, bool is_snapshot = false) {
    const Level bid{Decimal{1, 0}, Decimal{amount, 0}};
    const BookChange change{is_snapshot, {&bid, 1}, {}, {}, {}, false};
    const Event event{"e", "X", time, time, change};
    Held held;
    held.recorder = static_cast<std::int8_t>(recorder);
    held.recorders = Recorders{1} << recorder;
    held.local_timestamp = time;
    snapshot.clear();
    follow.on_new();
    return follow.release(held, event, change, outages, 0, snapshot);
  }
  // Outages are read ahead of what is released.
  void seen(int recorder, Micros from, Micros to) {
    for (Micros t = from; t <= to; ++t) outages.on_message(recorder, 0, t);
  }

  BookFollow follow;
  Outages outages;
  Buffer snapshot;
};

TEST_F(BookFollowTest, FollowsOneWhileItIsUp) {
  seen(0, 1, 10);
  seen(1, 1, 10);
  EXPECT_EQ(message(0, 1, 5, true), Verdict::write);
  EXPECT_EQ(message(1, 2, 5, true), Verdict::drop);
  EXPECT_EQ(message(0, 3, 6), Verdict::write);
  EXPECT_EQ(message(1, 4, 6), Verdict::drop);
}

TEST_F(BookFollowTest, GoesOverAtAHoleWithTheOthersBook) {
  seen(0, 1, 3);
  outages.on_disconnect(0, 0, 8);  // noticed late: nothing came after 3
  seen(1, 1, 10);
  message(0, 1, 5, true);
  message(1, 2, 5, true);
  EXPECT_EQ(message(0, 3, 6), Verdict::write);
  ASSERT_EQ(message(1, 4, 7), Verdict::write_after_snapshot);
  EXPECT_EQ(
      snapshot.view(),
      R"({"type":"book_change","symbol":"X","exchange":"e","isSnapshot":true,"bids":[{"price":1,"amount":5}],"asks":[],)"
      R"("rebuilt":true,"timestamp":"1970-01-01T00:00:00.000004Z","localTimestamp":"1970-01-01T00:00:00.000004Z"})"
      "\n");
  follow.on_break(1);  // recorder 0
  EXPECT_EQ(message(1, 9, 8), Verdict::write);
  EXPECT_EQ(message(0, 10, 8, true), Verdict::drop);
}

TEST_F(BookFollowTest, WaitsForASnapshotWhereNobodyKnowsTheBook) {
  seen(0, 1, 10);
  message(0, 1, 5, true);
  follow.on_break(1);
  EXPECT_EQ(message(0, 6, 9, true), Verdict::write);
  EXPECT_EQ(message(0, 7, 9), Verdict::write);
}

}  // namespace
}  // namespace md::dedupe
