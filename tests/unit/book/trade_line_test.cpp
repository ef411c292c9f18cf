// Trade lines through Trades, with venues made for the test.
#include "book/trade_line.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "book/trades.hpp"

namespace md::book {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using venue::TradeHistory;
using venue::TradeIds;

constexpr Micros kStart = 1'795'168'800 * kSecond;

std::string request(const venue::TradeHole& hole) {
  return fmt::format("/past?{}:{}@{}-{}@{}", hole.symbol, hole.after_id,
                     hole.after == 0 ? 0 : (hole.after - kStart) / kSecond, hole.before_id,
                     hole.before == 0 ? 0 : (hole.before - kStart) / kSecond);
}

// Says what is given as text: "7" a live trade, "(7)" a repeated one, "+7" a backfilled one.
class TradeLineTest : public testing::Test, public Trades::Out {
 protected:
  void is(TradeIds ids, TradeHistory::Paging paging = TradeHistory::Paging::forward) {
    venue_.trade_ids = ids;
    venue_.trade_history = {.request = request, .paging = paging};
  }
  void has_no_history() { venue_.trade_history = {}; }
  void pass(Micros seconds) { now += seconds * kSecond; }
  // A trade of this second.
  void live(std::string_view id, std::uint32_t connection = 1, Decimal price = {}) {
    trades.on_time(now);
    const Trade trade{id, price, {}, {}, {}, false};
    const Event event{{}, "S", now, 0, trade};
    const bool fresh = trades.on_trade(event, *event.as<Trade>(), connection, now);
    said.push_back(fresh ? std::string(id) : fmt::format("({})", id));
  }
  struct Past {
    std::string_view id;
    Micros second;
  };
  void answer(std::initializer_list<Past> list, std::string_view question, int status = 200,
              bool understood = true) {
    trades.on_time(now);
    for (const Past& past : list) {
      const Event event{
          {}, "S", kStart + past.second * kSecond, 0, Trade{past.id, {}, {}, {}, {}, {}}};
      trades.on_answered(event, *event.as<Trade>());
    }
    trades.on_reply({"https://toy" + std::string(question), status, {}, now}, understood);
  }
  void connect(std::uint32_t connection, std::uint32_t beside = 0) {
    const std::string_view symbols[] = {"S"};
    trades.on_connect(connection, symbols, beside, now);
  }
  std::vector<std::string> take() { return std::exchange(said, {}); }

  Micros now = kStart;
  std::vector<std::string> said;

 private:
  void backfill(const Event& event) override {
    EXPECT_TRUE(event.as<Trade>()->backfilled);
    said.push_back(fmt::format("+{}", event.as<Trade>()->id));
  }
  void trade_gap(std::string_view symbol, Micros, const Gap& gap) override {
    const auto text = [](Seq seq) { return seq ? std::to_string(*seq) : "?"; };
    EXPECT_EQ(gap.channel, Type::trade);
    said.push_back(fmt::format("gap {} {}-{} {}", symbol, text(gap.prev_seq), text(gap.seq),
                               to_text(gap.reason)));
  }
  void fetch(const venue::Request& asked) override { said.push_back(asked.text); }

  venue::Venue venue_{.id = "toy", .ws_url = {}, .rest_url = {}};

 protected:
  Trades trades{venue_, *this};
};

// ---- once each ----

TEST_F(TradeLineTest, WhatAnotherConnectionBroughtIsLeftOut) {
  live("a"), live("a", 2), live("b", 2), live("b", 1), live("c", 2);
  EXPECT_THAT(take(), ElementsAre("a", "(a)", "b", "(b)", "c"));
}

TEST_F(TradeLineTest, ARepetitionOnOneConnectionIsTheVenuesOwn) {
  live("a"), live("a"), live("a", 2), live("a", 2), live("a", 2);
  EXPECT_THAT(take(), ElementsAre("a", "a", "(a)", "(a)", "a"));
}

TEST_F(TradeLineTest, WithoutIdsTheContentCounts) {
  live("", 1, Decimal{1, 0}), live("", 2, Decimal{1, 0}), live("", 2, Decimal{2, 0});
  EXPECT_THAT(take(), ElementsAre("", "()", ""));
}

TEST_F(TradeLineTest, AConnectionThatTakesTheNumberOfAnEndedOneIsAnother) {
  live("a");
  trades.on_disconnect(1);
  live("a");
  EXPECT_THAT(take(), ElementsAre("a", "(a)"));
}

TEST_F(TradeLineTest, CountedOnesAreKnownByTheirIds) {
  is(TradeIds::contiguous);
  live("7"), live("8"), live("8"), live("7", 2), live("9", 2);
  EXPECT_THAT(take(), ElementsAre("7", "8", "(8)", "(7)", "9"));
}

// ---- counted ----

TEST_F(TradeLineTest, WithoutHistoryAHoleIsAGapAtOnce) {
  is(TradeIds::contiguous);
  has_no_history();
  live("7"), live("10"), live("9"), live("12", 2);
  EXPECT_THAT(take(),
              ElementsAre("7", "gap S 7-10 sequence", "10", "9", "gap S 10-12 disconnect", "12"));
}

TEST_F(TradeLineTest, AHoleIsAskedForPageByPage) {
  is(TradeIds::contiguous);
  live("7"), pass(1), live("12");
  EXPECT_THAT(take(), ElementsAre("7", "/past?S:7@0-12@1", "12"));
  answer({{"9", 0}, {"8", 0}}, "/past?S:7@0-12@1");
  EXPECT_THAT(take(), ElementsAre("+8", "+9", "/past?S:9@0-12@1"));
  live("10", 2);  // late, from another connection
  answer({{"10", 0}, {"11", 0}, {"12", 1}}, "/past?S:9@0-12@1");
  EXPECT_THAT(take(), ElementsAre("10", "+11"));
  live("11"), pass(1000), live("13");
  EXPECT_THAT(take(), ElementsAre("(11)", "13"));
}

TEST_F(TradeLineTest, BackwardsPagesComeFromTheOtherEnd) {
  is(TradeIds::contiguous, TradeHistory::Paging::backward);
  live("7"), pass(1), live("12"), take();
  answer({{"11", 0}, {"10", 0}}, "/past?S:7@0-12@1");
  EXPECT_THAT(take(), ElementsAre("+10", "+11", "/past?S:7@0-10@0"));
  answer({{"9", 0}, {"8", 0}, {"7", 0}}, "/past?S:7@0-10@0");
  EXPECT_THAT(take(), ElementsAre("+8", "+9"));
}

TEST_F(TradeLineTest, OneAnswerMayFillSeveralHoles) {
  is(TradeIds::contiguous);
  live("1"), live("3"), live("5"), live("7");
  EXPECT_THAT(take(), ElementsAre("1", "/past?S:1@0-3@0", "3", "5", "7"));
  answer({{"2", 0}, {"4", 0}}, "/past?S:1@0-3@0");
  EXPECT_THAT(take(), ElementsAre("+2", "+4", "/past?S:5@0-7@0"));
}

TEST_F(TradeLineTest, WhatTheVenueDoesNotHaveIsAGap) {
  is(TradeIds::contiguous);
  live("7"), live("12"), take();
  answer({{"9", 0}, {"12", 0}}, "/past?S:7@0-12@0");
  EXPECT_THAT(take(), ElementsAre("+9", "gap S 7-9 sequence", "gap S 9-12 sequence"));
  live("10");  // later than anybody waits
  EXPECT_THAT(take(), ElementsAre("10"));
}

TEST_F(TradeLineTest, AnAnswerThatLagsBehindTheStreamIsNotTheLast) {
  is(TradeIds::contiguous);
  live("7"), live("9"), take();
  answer({}, "/past?S:7@0-9@0");
  pass(9), live("10");
  EXPECT_THAT(take(), ElementsAre("10"));
  pass(1), live("11");
  EXPECT_THAT(take(), ElementsAre("/past?S:7@0-9@0", "11"));
  answer({}, "/past?S:7@0-9@0");
  EXPECT_THAT(take(), ElementsAre("gap S 7-9 sequence"));
}

TEST_F(TradeLineTest, ARefusalIsWaitedFor) {
  is(TradeIds::contiguous);
  live("7"), live("9"), take();
  answer({}, "/past?S:7@0-9@0", 429);
  EXPECT_THAT(take(), IsEmpty());
  pass(299), live("10");
  EXPECT_THAT(take(), ElementsAre("10"));
  pass(1), live("11");
  EXPECT_THAT(take(), ElementsAre("gap S 7-9 sequence", "11"));
  trades.finish();
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(TradeLineTest, TheEndTellsWhatIsOpen) {
  is(TradeIds::contiguous);
  live("7"), live("9", 2), take();
  trades.finish();
  EXPECT_THAT(take(), ElementsAre("gap S 7-9 disconnect"));
}

TEST_F(TradeLineTest, IdsThatAreFarAwayAreAnotherCount) {
  is(TradeIds::contiguous);
  live("7000000000"), live("5"), live("6"), live("7000000000"), live("7000000001");
  EXPECT_THAT(take(), ElementsAre("7000000000", "5", "6", "7000000000", "7000000001"));
}

TEST_F(TradeLineTest, NumbersThatNobodyCountsAreNames) {
  is(TradeIds::contiguous);
  live("9223372036854775807"), live("-9223372036854775808"), live("-1"), live("-1", 2);
  EXPECT_THAT(take(), ElementsAre("9223372036854775807", "-9223372036854775808", "-1", "(-1)"));
}

TEST_F(TradeLineTest, AnAnswerTellsOfTradesThatTheStreamDidNotBring) {
  is(TradeIds::contiguous);
  live("7"), pass(20), take();
  answer({{"7", 0}, {"8", 5}, {"9", 15}}, "/other");
  EXPECT_THAT(take(), ElementsAre("+8"));
  live("9");
  EXPECT_THAT(take(), ElementsAre("9"));
}

// ---- not counted ----

class Reconnected : public TradeLineTest {
 protected:
  // The last trade in second 0, cut off in second 5, back in second 6.
  void lose(TradeIds ids, TradeHistory::Paging paging) {
    is(ids, paging);
    connect(1), live("a"), pass(5);
    trades.on_disconnect(1);
    pass(1), connect(2), take();
  }
};

TEST_F(Reconnected, WhatWasMissedLiesBeforeTheFirstTrade) {
  lose(TradeIds::unique, TradeHistory::Paging::forward);
  live("d");
  EXPECT_THAT(take(), ElementsAre("/past?S:a@0-d@6", "d"));
  answer({{"a", 0}, {"b", 2}, {"c", 2}}, "/past?S:a@0-d@6");
  EXPECT_THAT(take(), ElementsAre("+b", "+c", "/past?S:c@2-d@6"));
  answer({{"b", 2}, {"c", 2}, {"d", 6}, {"e", 7}}, "/past?S:c@2-d@6");
  EXPECT_THAT(take(), IsEmpty());
  trades.finish();
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(Reconnected, OfASilentSymbolTheVenueIsAskedLater) {
  lose(TradeIds::unique, TradeHistory::Paging::recent);
  pass(9), trades.on_time(now);
  EXPECT_THAT(take(), IsEmpty());
  pass(10), trades.on_time(now);
  EXPECT_THAT(take(), ElementsAre("/past?S:a@0-@0"));
  answer({{"z", -1}, {"a", 0}, {"b", 4}, {"c", 20}}, "/past?S:a@0-@0");
  EXPECT_THAT(take(), ElementsAre("+b"));  // c may still come
}

TEST_F(Reconnected, LatestTradesThatDoNotReachBackLeaveAGap) {
  is(TradeIds::increasing, TradeHistory::Paging::recent);
  live("7"), trades.on_disconnect(1), connect(2), pass(1), live("20", 2), take();
  answer({{"15", 0}, {"16", 0}, {"20", 1}}, "/past?S:7@0-20@1");
  EXPECT_THAT(take(), ElementsAre("+15", "+16", "gap S 7-15 disconnect"));
}

TEST_F(Reconnected, NothingIsMissedWhereAnotherConnectionWentOn) {
  is(TradeIds::unique);
  connect(1), live("a"), connect(2, 1);
  trades.on_disconnect(1);
  live("b", 2);
  EXPECT_THAT(take(), ElementsAre("a", "b"));
}

TEST_F(Reconnected, AnAnswerThatIsNotUnderstoodLeavesAGap) {
  lose(TradeIds::unique, TradeHistory::Paging::forward);
  live("d"), take();
  answer({}, "/past?S:a@0-d@6", 200, false);
  EXPECT_THAT(take(), ElementsAre("gap S ?-? disconnect"));
}

}  // namespace
}  // namespace md::book
