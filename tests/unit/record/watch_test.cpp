#include "record/watch.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <optional>
#include <set>

namespace md::record {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Micros kStart = 1'700'000'000 * kSecond;

// A venue of made-up words. "SPOT" has no derivative ticker.
venue::Venue talking_venue() {
  venue::Venue venue;
  venue.id = "made-up";
  venue.book.snapshot_request = [](std::string_view symbol) {
    return fmt::format("/book/{}", symbol);
  };
  venue.trade_history.request = [](const venue::TradeHole& hole) {
    return fmt::format("/trades/{}", hole.symbol);
  };
  venue.connections = [](const venue::Subscription& wanted) {
    venue::Connection plan;
    for (const std::string& symbol : wanted.symbols)
      if (symbol != "SPOT" || !wanted.types.has(Type::derivative_ticker))
        plan.symbols.push_back(symbol);
    return std::vector<venue::Connection>{plan};
  };
  return venue;
}

class WatchTest : public testing::Test, public book::Driver, public EventSink {
 protected:
  void request(std::uint32_t connection, const venue::Request& request) override {
    constexpr std::array kKinds{"send", "ask", "reconnect"};
    asked.push_back(fmt::format("{} {} {}", connection,
                                kKinds[static_cast<std::size_t>(request.kind)], request.text));
  }
  void on_event(const Event&) override { ++passed; }

  void watch(std::vector<std::string> symbols, Types types) {
    watch_.emplace(venue, venue::Subscription{symbols, types}, Watch::Options{}, *this, *this, log);
    names_kept = std::move(symbols);
    names.assign(names_kept.begin(), names_kept.end());
    subscribed(1);
  }
  void subscribed(std::uint32_t connection) {
    watch_->on_subscribed(connection, names, at_ms, kStart + at_ms * 1000);
  }
  // Time passes, a look a second.
  void pass(std::int64_t seconds) {
    for (; seconds > 0; --seconds) {
      at_ms += 1000;
      watch_->look(at_ms);
    }
  }
  void trade(std::string_view symbol, std::int64_t age_s = 0, bool backfilled = false) {
    Trade body;
    body.backfilled = backfilled;
    const Micros now = kStart + at_ms * 1000;
    watch_->on_event({"made-up", symbol, now - age_s * kSecond, now, body});
  }
  void gap(std::string_view symbol, GapReason reason) {
    const Micros now = kStart + at_ms * 1000;
    watch_->on_event({"made-up", symbol, now, now, Gap{Type::book_change, 1, 2, reason, {}}});
  }
  std::vector<std::string> take() { return std::exchange(asked, {}); }
  std::vector<std::string> take_warnings() { return std::exchange(warnings, {}); }

  venue::Venue venue = talking_venue();
  std::vector<std::string> asked, warnings, names_kept;
  std::vector<std::string_view> names;
  const Log log{[this](std::string_view text) { warnings.emplace_back(text); },
                [](std::string_view) {}};
  std::optional<Watch> watch_;
  std::int64_t at_ms = 5000;
  int passed = 0;
};

TEST_F(WatchTest, WhoSpeaksIsNotAsked) {
  watch({"A"}, {Type::trade});
  for (int i = 0; i < 600; ++i) {
    trade("A");
    pass(1);
  }
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_EQ(passed, 600);
}

TEST_F(WatchTest, QuietIsAskedEverMoreRarelyAndLeftAlone) {
  watch({"A"}, {Type::trade});
  pass(29);
  EXPECT_THAT(take(), IsEmpty());
  pass(2);
  EXPECT_THAT(take(), ElementsAre("1 ask /trades/A"));
  trade("A", 3600, true);  // of before the subscription
  pass(28);
  EXPECT_THAT(take(), IsEmpty());
  pass(24 * 3600);
  const std::size_t questions = take().size();
  EXPECT_GE(questions, 24u);
  EXPECT_LE(questions, 35u);
  EXPECT_THAT(take_warnings(), IsEmpty());
  EXPECT_EQ(watch_->counts().silent, 0u);
}

TEST_F(WatchTest, WhoFellSilentIsAskedAfterFiveMinutes) {
  watch({"A"}, {Type::trade});
  trade("A");
  pass(300);
  EXPECT_THAT(take(), IsEmpty());
  pass(2);
  EXPECT_THAT(take(), ElementsAre("1 ask /trades/A"));
}

TEST_F(WatchTest, WhoSpeaksOnceAMinuteIsAskedLater) {
  watch({"A"}, {Type::trade});
  for (int i = 0; i < 60; ++i) {
    trade("A");
    pass(60);
  }
  pass(15 * 60);
  EXPECT_THAT(take(), IsEmpty());
  pass(5 * 60);
  EXPECT_THAT(take(), ElementsAre("1 ask /trades/A"));
}

TEST_F(WatchTest, AMissedTradeMeansDead) {
  watch({"A"}, {Type::trade});
  pass(31);
  trade("A", 5, true);  // may still be on its way
  pass(1);
  EXPECT_THAT(take(), ElementsAre("1 ask /trades/A"));
  trade("A", 11, true);
  pass(1);
  const std::string reason = "A trade: silent for 33 s while the venue has newer data";
  EXPECT_THAT(take(), ElementsAre("1 reconnect " + reason));
  EXPECT_THAT(take_warnings(), ElementsAre("connection 1: " + reason));
  EXPECT_EQ(watch_->counts().silent, 1u);
  EXPECT_EQ(watch_->counts().dead, 1u);
  watch_->on_disconnect(1);
  subscribed(2);
  trade("A");
  pass(1);
  EXPECT_EQ(watch_->counts().silent, 0u);
  EXPECT_EQ(watch_->counts().dead, 1u);
}

// A hole behind a reconnect is filled: nobody asked because of silence.
TEST_F(WatchTest, BackfilledTradesThatNobodyAskedForProveNothing) {
  watch({"A"}, {Type::trade});
  pass(20);
  trade("A", 15, true);
  pass(5);
  EXPECT_THAT(take(), IsEmpty());
  EXPECT_THAT(take_warnings(), IsEmpty());
}

TEST_F(WatchTest, StaysDeadAndIsMendedEverMoreRarely) {
  watch({"A", "B"}, {Type::trade});
  std::uint32_t connection = 1;
  int reconnects = 0;
  for (int second = 0; second < 24 * 3600; ++second) {
    pass(1);
    for (const std::string& what : take()) {
      if (what.find("ask") != std::string::npos) {
        trade(what.substr(what.rfind('/') + 1), 11, true);
      } else {
        ++reconnects;
        watch_->on_disconnect(connection);
        subscribed(++connection);
      }
    }
  }
  EXPECT_GE(reconnects, 20);
  EXPECT_LE(reconnects, 35);
}

TEST_F(WatchTest, ABookIsAskedTwiceAndComparedByItsGap) {
  watch({"A"}, {Type::book_change});
  pass(38);
  EXPECT_THAT(take(), ElementsAre("1 ask /book/A", "1 ask /book/A"));
  gap("A", GapReason::sequence);
  pass(1);
  EXPECT_THAT(take(), IsEmpty());
  gap("A", GapReason::stale);
  pass(1);
  EXPECT_THAT(
      take(),
      ElementsAre("1 reconnect A book_change: silent for 40 s while the venue has newer data"));
}

TEST_F(WatchTest, ABookAloneIsSubscribedAgainFirst) {
  venue.book.resubscribe = [](std::string_view symbol) {
    return std::vector<std::string>{fmt::format("leave {}", symbol),
                                    fmt::format("enter {}", symbol)};
  };
  watch({"A"}, {Type::book_change});
  pass(38);
  take();
  gap("A", GapReason::stale);
  pass(10);
  EXPECT_THAT(take(), ElementsAre("1 send leave A", "1 send enter A"));
  pass(60);
  EXPECT_THAT(
      take(),
      ElementsAre("1 reconnect A book_change: silent for 99 s while the venue has newer data"));
}

TEST_F(WatchTest, WhoCannotBeAskedAndNeverSpokeIsNamedOnceAnHour) {
  watch({"SPOT", "SWAP"}, {Type::derivative_ticker, Type::liquidation});
  pass(60);
  EXPECT_THAT(take_warnings(),
              ElementsAre("made-up SWAP derivative_ticker: no data for 30 s since it was "
                          "subscribed, and the venue cannot be asked about it"));
  EXPECT_EQ(watch_->counts().silent, 1u);
  pass(3600);
  EXPECT_EQ(take_warnings().size(), 1u);
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(WatchTest, OfManySilentOnesAFewAreNamed) {
  std::vector<std::string> symbols;
  for (int i = 0; i < 50; ++i) symbols.push_back("S" + std::to_string(i));
  watch(symbols, {Type::book_ticker});
  pass(31);
  const auto said = take_warnings();
  ASSERT_EQ(said.size(), 11u);
  EXPECT_EQ(said.back(), "made-up: 40 more streams have no data since they were subscribed");
  EXPECT_EQ(watch_->counts().silent, 50u);
}

TEST_F(WatchTest, WhatStaysIsNotForgottenByAChange) {
  watch({"A", "B"}, {Type::trade});
  trade("A");
  trade("B");
  pass(1);
  watch_->change({{"B", "C"}, {Type::trade}});
  names = {"B", "C"};
  watch_->on_subscribed(2, std::vector<std::string_view>{"C"}, at_ms, kStart + at_ms * 1000);
  pass(31);
  EXPECT_THAT(take(), ElementsAre("2 ask /trades/C"));
  trade("A");  // no longer ours
  trade("B");
  pass(250);
  const auto later = take();
  EXPECT_EQ(std::count(later.begin(), later.end(), "1 ask /trades/B"), 0);
}

TEST_F(WatchTest, WhomTheVenueDoesNotKnowIsNamed) {
  watch({"A", "AA"}, {Type::trade});
  pass(33);
  EXPECT_EQ(take().size(), 2u);
  watch_->on_refusal("https://made.up/trades/AA", at_ms);
  EXPECT_THAT(take_warnings(), ElementsAre("made-up AA trade: no data for 33 s since it was "
                                           "subscribed, and the venue cannot answer for it"));
}

TEST_F(WatchTest, ManyQuietOnesAreAskedInTurnOneASecond) {
  venue.trade_history.weight = 25;
  std::vector<std::string> symbols;
  for (int i = 0; i < 100; ++i) symbols.push_back(fmt::format("S{}", i));
  watch(symbols, {Type::trade});
  pass(30 + 199);
  const std::vector<std::string> questions = take();
  EXPECT_EQ(questions.size(), 100u);
  EXPECT_EQ(std::set(questions.begin(), questions.end()).size(), 100u);
}

TEST_F(WatchTest, NobodyIsAskedWhileNotConnected) {
  watch({"A"}, {Type::trade});
  watch_->on_disconnect(1);
  pass(3600);
  EXPECT_THAT(take(), IsEmpty());
  subscribed(2);
  pass(29);
  EXPECT_THAT(take(), IsEmpty());
}

}  // namespace
}  // namespace md::record
