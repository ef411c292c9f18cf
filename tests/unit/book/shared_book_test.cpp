// Books of several connections: who is listened to, what fills a hole, what is lost.
#include "book/shared_book.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace md::book {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using venue::BookMerge;
using venue::BookRule;

constexpr std::string_view kSymbol = "BTC-USD";
const BookRule kInStream{
    .snapshot = BookRule::Snapshot::in_stream,
    .resubscribe = [](std::string_view) { return std::vector<std::string>{"resubscribe"}; }};

class SharedBookTest : public testing::Test, public SharedBook::Out {
 protected:
  void begin(BookMerge merge) { book_ = SharedBook::make(kInStream, merge, kSymbol, room_, 1); }
  void snapshot(std::uint32_t connection, std::int64_t price, Seq seq = {}) {
    const Level bid{Decimal{price, 0}, Decimal{1, 0}};
    book_->on_update(connection, {kSymbol, 0, true, {&bid, 1}, {}, {}, seq, {}}, now, *this);
  }
  void change(std::uint32_t connection, std::int64_t price, Seq prev = {}, Seq seq = {}) {
    const Level bid{Decimal{price, 0}, Decimal{1, 0}};
    book_->on_update(connection, {kSymbol, 0, false, {&bid, 1}, {}, prev, seq, {}}, now, *this);
  }
  void leave(std::uint32_t connection) { book_->leave(connection, now, *this); }
  std::vector<std::string> take() { return std::exchange(said_, {}); }

  Micros now = kSecond;

 private:
  void book_change(std::string_view, Micros, const BookChange& change) override {
    std::string text = change.rebuilt ? "rebuilt" : change.is_snapshot ? "snapshot" : "change";
    for (const Level& bid : change.bids) text += fmt::format(" {}", bid.price.to_wire());
    if (change.prev_seq) text += fmt::format(" {}->{}", *change.prev_seq, *change.seq);
    said_.push_back(text);
  }
  void gap(std::string_view, const Gap& gap) override {
    said_.push_back(fmt::format("gap {} {}->{}", to_text(gap.reason), gap.prev_seq.value_or(0),
                                gap.seq.value_or(0)));
  }
  void request(venue::Request request) override {
    said_.push_back(fmt::format("{}: {}", speaker_, request.text));
  }
  void speak_for(std::uint32_t connection) override { speaker_ = connection; }
  void repeated() override { ++repeats_; }

  Aligner::Room room_;
  std::unique_ptr<SharedBook> book_;
  std::vector<std::string> said_;
  std::uint32_t speaker_ = 1;
  int repeats_ = 0;
};

TEST_F(SharedBookTest, ChainTakesEachMessageFromTheFirstToBringIt) {
  begin(BookMerge::chain);
  snapshot(1, 100, 10);
  snapshot(2, 100, 10);
  change(2, 101, 10, 11);
  change(1, 101, 10, 11);
  change(1, 102, 11, 12);
  change(2, 102, 11, 12);
  EXPECT_THAT(take(), ElementsAre("snapshot 100", "change 101 10->11", "change 102 11->12"));
}

TEST_F(SharedBookTest, ChainFillsTheHoleOfOneFromTheOther) {
  begin(BookMerge::chain);
  snapshot(1, 100, 10);
  snapshot(2, 100, 10);
  take();
  change(1, 102, 11, 12);  // 11 never came
  EXPECT_THAT(take(), IsEmpty());
  change(2, 101, 10, 11);
  EXPECT_THAT(take(), ElementsAre("change 101 10->11", "change 102 11->12"));
}

TEST_F(SharedBookTest, ChainTellsAHoleOfAll) {
  begin(BookMerge::chain);
  snapshot(1, 100, 10);
  snapshot(2, 100, 10);
  take();
  change(1, 102, 11, 12);
  change(2, 102, 11, 12);
  EXPECT_THAT(take(), ElementsAre("gap sequence 10->12", "1: resubscribe"));
}

TEST_F(SharedBookTest, ChainWaitsForASilentOneSomeSecondsOnly) {
  begin(BookMerge::chain);
  snapshot(1, 100, 10);
  snapshot(2, 100, 10);
  take();
  change(1, 102, 11, 12);
  now += SharedBook::kPatience;
  change(1, 103, 12, 13);
  EXPECT_THAT(take(), IsEmpty());
  now += 1;
  change(1, 104, 13, 14);
  EXPECT_THAT(take(), ElementsAre("gap sequence 10->12", "1: resubscribe"));
}

TEST_F(SharedBookTest, ChainGoesOnWithWhoIsLeft) {
  begin(BookMerge::chain);
  snapshot(1, 100, 10);
  change(1, 101, 10, 11);
  snapshot(2, 101, 11);
  take();
  leave(1);
  change(2, 102, 11, 12);
  EXPECT_THAT(take(), ElementsAre("change 102 11->12"));
}

TEST_F(SharedBookTest, ChainTellsWhatWasLostInHandingOver) {
  begin(BookMerge::chain);
  snapshot(1, 100, 10);
  leave(1);
  snapshot(2, 105, 15);
  EXPECT_THAT(take(), ElementsAre("snapshot 100", "gap disconnect 10->15", "snapshot 105"));
}

TEST_F(SharedBookTest, FollowedBooksAreKeptSilently) {
  begin(BookMerge::follow);
  snapshot(1, 100);
  snapshot(2, 100);
  change(2, 101);
  EXPECT_THAT(take(), ElementsAre("snapshot 100"));
  change(1, 101);
  EXPECT_THAT(take(), ElementsAre("change 101"));
}

TEST_F(SharedBookTest, AFollowerTakesOverWithItsBook) {
  begin(BookMerge::follow);
  snapshot(1, 100);
  snapshot(2, 100);
  change(2, 101);
  take();
  leave(1);
  EXPECT_THAT(take(), ElementsAre("rebuilt 101 100"));
  change(2, 102);
  EXPECT_THAT(take(), ElementsAre("change 102"));
}

TEST_F(SharedBookTest, AFollowerWithoutABookCannotTakeOver) {
  begin(BookMerge::follow);
  snapshot(1, 100);
  change(2, 101);
  take();
  leave(1);
  EXPECT_THAT(take(), ElementsAre("gap disconnect 0->0"));
  snapshot(2, 103);
  EXPECT_THAT(take(), ElementsAre("snapshot 103"));
}

TEST_F(SharedBookTest, AFollowerTakesOverFromALeaderThatBroke) {
  begin(BookMerge::follow);
  snapshot(1, 100, 10);
  snapshot(2, 100, 20);
  change(2, 101, 20, 21);
  take();
  change(1, 102, 11, 12);
  EXPECT_THAT(take(), ElementsAre("1: resubscribe", "rebuilt 101 100"));
}

}  // namespace
}  // namespace md::book
