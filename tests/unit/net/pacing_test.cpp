#include <gtest/gtest.h>

#include <set>

#include "net/backoff.hpp"
#include "net/rate_limiter.hpp"
#include "net/retry_after.hpp"

namespace md::net {
namespace {

TEST(Backoff, GrowsToItsLimitWithJitter) {
  Backoff backoff{500, 60'000, 7};
  std::int64_t step = 500;
  for (int i = 0; i < 20; ++i) {
    const std::int64_t delay = backoff.next_ms();
    EXPECT_GE(delay, step / 2) << i;
    EXPECT_LE(delay, step) << i;
    step = std::min<std::int64_t>(step * 2, 60'000);
  }
  EXPECT_EQ(step, 60'000);
}

TEST(Backoff, BeginsAgainAfterSuccess) {
  Backoff backoff{500, 60'000, 7};
  for (int i = 0; i < 10; ++i) backoff.next_ms();
  backoff.reset();
  EXPECT_LE(backoff.next_ms(), 500);
}

TEST(Backoff, SpreadsManyApart) {
  std::set<std::int64_t> delays;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Backoff backoff{60'000, 60'000, seed};
    delays.insert(backoff.next_ms());
  }
  EXPECT_GT(delays.size(), 190u);
}

TEST(Backoff, IsDecidedByItsSeed) {
  Backoff one{500, 60'000, 42};
  Backoff same{500, 60'000, 42};
  for (int i = 0; i < 10; ++i) EXPECT_EQ(one.next_ms(), same.next_ms());
}

TEST(RateLimiter, KeepsItsInterval) {
  RateLimiter limiter{250};
  EXPECT_EQ(limiter.wait_ms(1000), 0);
  limiter.done(1000);
  EXPECT_EQ(limiter.wait_ms(1000), 250);
  EXPECT_EQ(limiter.wait_ms(1100), 150);
  EXPECT_EQ(limiter.wait_ms(1250), 0);
  EXPECT_EQ(limiter.wait_ms(9000), 0);
}

TEST(RateLimiter, HoldsWhenTold) {
  RateLimiter limiter{250};
  limiter.hold_until(5000);
  EXPECT_EQ(limiter.wait_ms(1000), 4000);
  limiter.hold_until(3000);  // a shorter one does not cut the longer
  EXPECT_EQ(limiter.wait_ms(1000), 4000);
  limiter.done(1000);
  EXPECT_EQ(limiter.wait_ms(1000), 4000);
}

TEST(RateLimiter, WithoutIntervalNeverWaits) {
  RateLimiter limiter{0};
  limiter.done(5);
  EXPECT_EQ(limiter.wait_ms(5), 0);
}

// 2026-11-20T10:32:49Z
constexpr Micros kNow = 1'795'170'769 * kSecond;

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_EQ(retry_after_ms("120", kNow), 120'000);
  EXPECT_EQ(retry_after_ms("0", kNow), 0);
  EXPECT_EQ(retry_after_ms("-5", kNow), 0);
  EXPECT_EQ(retry_after_ms("259200", kNow), 86'400'000) << "a day at most";
}

TEST(RetryAfter, ReadsDates) {
  EXPECT_EQ(retry_after_ms("Fri, 20 Nov 2026 10:33:19 GMT", kNow), 30'000);
  EXPECT_EQ(retry_after_ms("Fri, 20 Nov 2026 10:32:00 GMT", kNow), 0) << "in the past";
}

TEST(RetryAfter, RefusesTheRest) {
  for (const char* text :
       {"", "soon", "12s", "99999999999999999999", "Fri, 20 Foo 2026 10:33:19 GMT",
        "Fri, 20 Nov 2026 10:33:19 CET", "Fri, 99 Nov 2026 10:33:19 GMT"}) {
    EXPECT_FALSE(retry_after_ms(text, kNow)) << text;
  }
}

}  // namespace
}  // namespace md::net
