#include "archive/period.hpp"

#include <gtest/gtest.h>

namespace md::archive {
namespace {

std::string range(std::string_view name) {
  const auto period = parse_period(name);
  return period ? to_iso(period->from) + " " + to_iso(period->to) : period.error().message;
}

TEST(Period, EndsWhereTheNextBegins) {
  EXPECT_EQ(range("2024-02"), "2024-02-01T00:00:00.000000Z 2024-03-01T00:00:00.000000Z");
  EXPECT_EQ(range("2025-12"), "2025-12-01T00:00:00.000000Z 2026-01-01T00:00:00.000000Z");
  EXPECT_EQ(range("2028-02-29"), "2028-02-29T00:00:00.000000Z 2028-03-01T00:00:00.000000Z");
  EXPECT_EQ(range("2025-12-31"), "2025-12-31T00:00:00.000000Z 2026-01-01T00:00:00.000000Z");
  EXPECT_TRUE(parse_period("2024-02-29")->is_day());
  EXPECT_FALSE(parse_period("2024-02")->is_day());
}

TEST(Period, HoldsItsFirstMicrosecondAndItsLast) {
  const Period day = *parse_period("2024-03-31");
  EXPECT_FALSE(day.holds(*parse_iso("2024-03-30T23:59:59.999999Z")));
  EXPECT_TRUE(day.holds(*parse_iso("2024-03-31T00:00:00.000000Z")));
  EXPECT_TRUE(day.holds(*parse_iso("2024-03-31T23:59:59.999999Z")));
  EXPECT_FALSE(day.holds(*parse_iso("2024-04-01T00:00:00.000000Z")));
}

TEST(Period, OthersAreRefused) {
  for (const char* bad :
       {"", "2025", "2025-02-29", "2025-13", "2025-11-1", "25-11-01", "2025-11-01 "})
    EXPECT_FALSE(parse_period(bad)) << bad;
}

TEST(Period, MomentsAreDatesOrTimes) {
  EXPECT_EQ(*parse_moment("--from", "2025-11-20"), *parse_iso("2025-11-20T00:00:00Z"));
  EXPECT_EQ(*parse_moment("--from", "2025-11-20T01:02:03.5+01:00"),
            *parse_iso("2025-11-20T00:02:03.5Z"));
  EXPECT_EQ(parse_moment("--to", "noon").error().message,
            "--to: neither a date (YYYY-MM-DD) nor a time (ISO 8601): 'noon'");
}

}  // namespace
}  // namespace md::archive
