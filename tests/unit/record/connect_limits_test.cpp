#include "record/connect_limits.hpp"

#include <gtest/gtest.h>

#include <queue>
#include <vector>

#include "net/backoff.hpp"

namespace md::record {
namespace {

net::Url url(const std::string& text) { return *net::Url::parse(text); }

TEST(ConnectLimits, BooksOneAfterTheOther) {
  ConnectLimits limits;
  const net::Url host = url("wss://venue.example/a");
  EXPECT_EQ(limits.book_ms(host, 1000, 0), 0);
  EXPECT_EQ(limits.book_ms(url("wss://venue.example/b?c"), 1000, 0), 1000);
  EXPECT_EQ(limits.book_ms(host, 1000, 500), 1500);
  EXPECT_EQ(limits.book_ms(host, 1000, 60'000), 0);
}

TEST(ConnectLimits, HostsAndPortsAreTheirOwn) {
  ConnectLimits limits;
  EXPECT_EQ(limits.book_ms(url("wss://a.example/"), 1000, 0), 0);
  EXPECT_EQ(limits.book_ms(url("wss://b.example/"), 1000, 0), 0);
  EXPECT_EQ(limits.book_ms(url("wss://a.example:9443/"), 1000, 0), 0);
  limits.hold_until(url("wss://a.example/"), 500);
  EXPECT_EQ(limits.held_ms(url("wss://a.example/"), 100), 400);
  EXPECT_EQ(limits.held_ms(url("wss://b.example/"), 100), 0);
}

TEST(ConnectLimits, OfTwoIntervalsTheLongerCounts) {
  ConnectLimits limits;
  const net::Url host = url("wss://venue.example/");
  EXPECT_EQ(limits.book_ms(host, 100, 0), 0);
  EXPECT_EQ(limits.book_ms(host, 3000, 0), 100);
  EXPECT_EQ(limits.book_ms(host, 100, 0), 3100);
  EXPECT_EQ(limits.book_ms(host, 100, 0), 6100);
}

// Connections as Lane drives them, on a clock that the test turns.
class Fleet {
 public:
  explicit Fleet(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) backoffs_.emplace_back(500, 60'000, i);
  }
  // All fell at 0. `refuse`: whether an attempt then is answered with 429, and for how long.
  template <typename Refuse>
  std::vector<std::int64_t> come_back(Refuse refuse) {
    std::vector<std::int64_t> attempts;
    for (std::size_t i = 0; i < backoffs_.size(); ++i) fall(i, 0);
    while (!steps_.empty()) {
      const Step step = steps_.top();
      steps_.pop();
      if (!step.booked || limits_.held_ms(host_, step.at) > 0) {
        steps_.push({step.at + limits_.book_ms(host_, 1000, step.at), step.who, true});
        continue;
      }
      attempts.push_back(step.at);
      const std::int64_t hold = refuse(attempts.size());
      if (hold == 0) continue;
      limits_.hold_until(host_, step.at + hold);
      fall(step.who, step.at);
    }
    return attempts;
  }

 private:
  struct Step {
    std::int64_t at;
    std::size_t who;
    bool booked;
    bool operator<(const Step& other) const { return at > other.at; }
  };
  void fall(std::size_t who, std::int64_t at) {
    steps_.push({at + backoffs_[who].next_ms(), who, false});
  }

  ConnectLimits limits_;
  net::Url host_ = url("wss://venue.example/");
  std::vector<net::Backoff> backoffs_;
  std::priority_queue<Step> steps_;
};

std::int64_t least_pause(const std::vector<std::int64_t>& times) {
  std::int64_t least = INT64_MAX;
  for (std::size_t i = 1; i < times.size(); ++i) least = std::min(least, times[i] - times[i - 1]);
  return least;
}

TEST(ConnectLimits, TwoHundredThatFallTogetherComeBackOneByOne) {
  Fleet fleet{200};
  const auto attempts = fleet.come_back([](std::size_t) { return 0; });
  ASSERT_EQ(attempts.size(), 200u);
  EXPECT_GE(least_pause(attempts), 1000);
  EXPECT_LT(attempts.back(), 201'000) << "and no slower than they may";
}

TEST(ConnectLimits, ARefusalHoldsAllOfThem) {
  Fleet fleet{200};
  // The tenth is told to stay away for a minute.
  const auto attempts = fleet.come_back([](std::size_t n) { return n == 10 ? 60'000 : 0; });
  ASSERT_EQ(attempts.size(), 201u);
  EXPECT_GE(attempts[10] - attempts[9], 60'000);
  EXPECT_GE(least_pause(attempts), 1000);
}

}  // namespace
}  // namespace md::record
