// What a host bears is never exceeded, wherever its windows begin.
#include "record/budget.hpp"

#include <gtest/gtest.h>

#include <random>

namespace md::record {
namespace {

venue::Limits limits(std::int64_t weight, std::int64_t window_ms, std::int64_t interval_ms = 0) {
  venue::Limits limits;
  limits.rest_weight = weight;
  limits.rest_window_ms = window_ms;
  limits.rest_interval_ms = interval_ms;
  return limits;
}

TEST(Budget, WithoutWeightsOnlyThePauseCounts) {
  Budget budget{limits(0, 60'000, 250)};
  EXPECT_EQ(budget.wait_ms(0, 1'000'000), 0);
  budget.asked(0, 1'000'000);
  EXPECT_EQ(budget.wait_ms(100, 1), 150);
  budget.answered(120, 1'000'000, -1);
  EXPECT_EQ(budget.wait_ms(250, 1), 0);
}

TEST(Budget, AFifthStaysFree) {
  Budget budget{limits(100, 1000)};
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(budget.wait_ms(i, 10), 0);
    budget.asked(i, 10);
    budget.answered(i + 5, 10, -1);
  }
  EXPECT_EQ(budget.spent(20), 80);
  EXPECT_EQ(budget.wait_ms(20, 10), 985);  // the first counts until a window after its answer
  EXPECT_EQ(budget.wait_ms(20, 20), 986);
  EXPECT_EQ(budget.wait_ms(1005, 10), 0);
}

TEST(Budget, WhatIsUnderWayCounts) {
  Budget budget{limits(100, 1000)};
  budget.asked(0, 80);
  EXPECT_GT(budget.wait_ms(5000, 1), 0);
  budget.answered(5000, 80, -1);
  EXPECT_EQ(budget.wait_ms(5500, 1), 500);
}

TEST(Budget, WhatNeverFitsIsAskedAlone) {
  Budget budget{limits(100, 1000)};
  EXPECT_EQ(budget.wait_ms(0, 500), 0);
  budget.asked(0, 500);
  budget.answered(0, 500, -1);
  EXPECT_EQ(budget.wait_ms(0, 500), 1000);
}

TEST(Budget, TheVenuesCountCorrectsUpwardOnly) {
  Budget budget{limits(100, 1000)};
  budget.asked(0, 10);
  budget.answered(0, 10, 75);  // somebody else spent 65
  EXPECT_EQ(budget.spent(0), 75);
  EXPECT_EQ(budget.wait_ms(0, 5), 0);
  EXPECT_EQ(budget.wait_ms(0, 10), 1000);
  budget.asked(1, 5);
  budget.answered(1, 5, 5);  // its window began anew
  EXPECT_EQ(budget.spent(1), 80);
}

TEST(Budget, ARefusalLetsTheHostRestAndLeavesMoreFree) {
  Budget budget{limits(100, 1000)};
  EXPECT_FALSE(budget.careful());
  budget.asked(0, 1);
  budget.answered(0, 1, -1);
  budget.refused(0, 3000, false);
  budget.refused(0, 3000, false);  // the same trouble, told twice
  EXPECT_TRUE(budget.careful());
  EXPECT_EQ(budget.wait_ms(10, 1), 2990);
  budget.went_well();
  EXPECT_EQ(budget.wait_ms(3000, 40), 0);
  budget.asked(3000, 40);
  EXPECT_GT(budget.wait_ms(3000, 1), 0);
  budget.answered(3000, 40, -1);
  for (std::int64_t now = 4000; now <= 8000; now += 1000) {
    budget.asked(now, 0);
    budget.answered(now, 0, -1);
  }
  EXPECT_EQ(budget.wait_ms(9000, 80), 0);
  budget.asked(9000, 1);
  EXPECT_GT(budget.wait_ms(9000, 80), 0);
  EXPECT_EQ(budget.refusals(), 2u);
  budget.refused(9000, 0, true);
  EXPECT_EQ(budget.bans(), 1u);
}

// A venue that counts by windows of its own, and requests that take random times to get there and
// back: none is ever counted beyond the limit.
TEST(Budget, NoWindowOfTheVenueSeesMoreThanItBears) {
  std::mt19937_64 random{7};
  const auto draw = [&](std::int64_t most) { return static_cast<std::int64_t>(random() % most); };
  for (const std::int64_t offset : {0, 250, 999}) {
    Budget budget{limits(100, 1000)};
    std::multimap<std::int64_t, std::int64_t> answers;  // when, weight
    std::map<std::int64_t, std::int64_t> windows;
    for (std::int64_t now = 0; now < 60'000; ++now) {
      while (!answers.empty() && answers.begin()->first <= now) {
        budget.answered(now, answers.begin()->second, -1);
        answers.erase(answers.begin());
      }
      const std::int64_t weight = 1 + draw(30);
      if (answers.size() == 4 || budget.wait_ms(now, weight) > 0) continue;
      budget.asked(now, weight);
      const std::int64_t there = now + draw(400);
      windows[(there + offset) / 1000] += weight;
      answers.emplace(there + 1 + draw(400), weight);
    }
    EXPECT_GT(windows.size(), 30u);
    for (const auto& [window, weight] : windows) EXPECT_LE(weight, 80) << window;
  }
}

TEST(Budgets, AHostHasOne) {
  Budgets budgets;
  const net::Url a = *net::Url::parse("https://a.example/x");
  const net::Url b = *net::Url::parse("https://b.example/x");
  EXPECT_EQ(&budgets.of(a, limits(1, 1)), &budgets.of(*net::Url::parse("https://a.example/y"), {}));
  EXPECT_NE(&budgets.of(a, {}), &budgets.of(b, {}));
}

}  // namespace
}  // namespace md::record
