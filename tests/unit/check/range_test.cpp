#include "check/range.hpp"

#include <gtest/gtest.h>

namespace md::check {
namespace {

Micros at(std::string_view iso) { return parse_iso(iso).value(); }

TEST(Range, IsReadFromDatesAndTimes) {
  const auto day = parse_range("2026-11-20", "2026-11-21T00:00:00.5Z");
  ASSERT_TRUE(day);
  EXPECT_EQ(day->from, at("2026-11-20T00:00:00Z"));
  EXPECT_EQ(day->to, at("2026-11-21T00:00:00.5Z"));
  EXPECT_FALSE(whole_days(*day));
  EXPECT_TRUE(whole_days(parse_range("2026-11-20", "2026-11-21").value()));
  const auto all = parse_range("", "");
  ASSERT_TRUE(all);
  EXPECT_EQ(*all, kAllTimes);
  EXPECT_TRUE(whole_days(*all));
}

TEST(Range, NothingAndNonsenseAreRefused) {
  for (const auto& [from, to] : {std::pair("2026-11-20", "2026-11-20"),
                                 {"2026-11-20", "2026-11-19"},
                                 {"yesterday", ""},
                                 {"", "2026-13-01"},
                                 {"2026-11-31", ""}}) {
    const auto range = parse_range(from, to);
    ASSERT_FALSE(range) << from << ' ' << to;
    EXPECT_EQ(range.error().code, Errc::usage);
  }
}

// The parts are the range: without a hole, without an overlap.
void expect_whole(const std::vector<Range>& parts, const Range& range) {
  ASSERT_FALSE(parts.empty());
  EXPECT_EQ(parts.front().from, range.from);
  EXPECT_EQ(parts.back().to, range.to);
  for (std::size_t i = 1; i < parts.size(); ++i) EXPECT_EQ(parts[i - 1].to, parts[i].from);
  for (const Range& part : parts) EXPECT_LT(part.from, part.to);
}

TEST(Range, HasMonths) {
  expect_whole(months(kAllTimes), kAllTimes);
  EXPECT_EQ(months(kAllTimes).size(), 2u + 91 * 12);

  const Range range{at("2023-12-31T12:00:00Z"), at("2024-03-01T00:00:00.000001Z")};
  const auto parts = months(range);
  expect_whole(parts, range);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[1].from, at("2024-01-01T00:00:00Z"));
  EXPECT_EQ(parts[3].from, at("2024-03-01T00:00:00Z"));  // after the leap day
}

TEST(Range, PartsLieAsPartitionsDo) {
  const Range range{at("2008-12-31T23:59:59Z"), at("2100-01-01T00:00:01Z")};
  const auto parts = months(range);
  EXPECT_EQ(parts.front().to, at("2009-01-01T00:00:00Z"));
  EXPECT_EQ(parts.back().from, at("2100-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace md::check
