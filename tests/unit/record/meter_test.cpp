#include "record/meter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace md::record {
namespace {

Event event(decltype(Event::body) body, Micros timestamp, Micros local_timestamp) {
  return {"x", "BTC", timestamp, local_timestamp, std::move(body)};
}

TEST(Delays, ASumThatNoNumberHoldsStays) {
  Delays delays;
  delays.add(INT64_MAX - 5);
  delays.add(10);
  EXPECT_EQ(delays.sum(), INT64_MAX - 5);
  EXPECT_EQ(delays.count(), 2u);
}

TEST(Delays, QuantilesOfAKnownDistribution) {
  Delays delays;
  EXPECT_FALSE(delays.quantile(0.5));
  EXPECT_FALSE(delays.least());
  for (Micros delay = 1; delay <= 100'000; ++delay) delays.add(delay);
  for (const double q : {0.01, 0.5, 0.9, 0.99}) {
    const double truth = q * 100'000;
    EXPECT_NEAR(static_cast<double>(*delays.quantile(q)), truth, truth * 0.04) << q;
  }
  EXPECT_EQ(delays.least(), 1);
  EXPECT_EQ(delays.count(), 100'000u);
  EXPECT_EQ(delays.sum(), 100'000LL * 100'001 / 2);
}

TEST(Delays, EveryDelayIsNearItsOwnQuantile) {
  for (double delay = 1; delay < 4e12; delay *= 1.37) {
    Delays delays;
    delays.add(static_cast<Micros>(delay));
    EXPECT_NEAR(static_cast<double>(*delays.quantile(0.5)), std::floor(delay), delay * 0.04);
  }
  Delays delays;
  delays.add(INT64_MAX / 4);  // 1970 for a timestamp, and worse
  EXPECT_GT(*delays.quantile(0.5), Micros{4} * 1'000'000'000'000);
}

TEST(Delays, EventsFromTheFutureShowAClockThatIsBehind) {
  Delays delays;
  delays.add(-250'000);
  delays.add(-240'000);
  delays.add(10);
  EXPECT_EQ(delays.least(), -250'000);
  EXPECT_EQ(delays.quantile(0.5), -250'000);
  EXPECT_EQ(delays.quantile(1), 10);
}

TEST(Delays, ForgetsWhatIsTwoWindowsOld) {
  Delays delays;
  delays.add(5);
  delays.turn();
  delays.add(9);
  EXPECT_EQ(delays.least(), 5);
  delays.turn();
  EXPECT_EQ(delays.least(), 9);
  delays.turn();
  EXPECT_FALSE(delays.least());
  EXPECT_EQ(delays.count(), 2u);
}

TEST(Meter, TakesDelaysOnlyFromWhatIsFresh) {
  Meter meter{nullptr};
  BookChange snapshot;
  snapshot.is_snapshot = true;
  meter.on_event(event(snapshot, 1, 1000));            // as old as the book
  meter.on_event(event(BookTicker{}, 1000, 1000));     // no time of its own
  meter.on_event(event(DerivativeTicker{}, 1, 1000));  // repeated
  meter.on_event(event(Connect{}, 1, 1000));
  EXPECT_EQ(meter.delays().count(), 0u);
  meter.on_event(event(Trade{}, 980, 1000));
  meter.on_event(event(BookChange{}, 970, 1000));
  EXPECT_EQ(meter.delays().count(), 2u);
  EXPECT_EQ(meter.delays().least(), 20);
}

TEST(Meter, CountsGapsByReasonAndPassesEverythingOn) {
  class Sink final : public EventSink {
   public:
    void on_event(const Event& given) override { types.push_back(given.type()); }
    std::vector<Type> types;
  } sink;
  Meter meter{&sink};
  for (const GapReason reason : {GapReason::sequence, GapReason::stale, GapReason::stale}) {
    Gap gap;
    gap.reason = reason;
    meter.on_event(event(gap, 1, 1));
  }
  meter.on_event(event(Trade{}, 1, 2));
  EXPECT_EQ(meter.gaps(), (std::array<std::uint64_t, kGapReasons>{1, 0, 0, 0, 2}));
  EXPECT_EQ(sink.types, (std::vector{Type::gap, Type::gap, Type::gap, Type::trade}));
}

}  // namespace
}  // namespace md::record
