#include "archive/pruner.hpp"

#include <gtest/gtest.h>

namespace md::archive {
namespace {

TEST(Policy, NamesKindsAndNumbers) {
  EXPECT_EQ(*parse_policy("daily 7, monthly all"), (Policy{7, std::nullopt}));
  EXPECT_EQ(*parse_policy("monthly 12,daily 0"), (Policy{0, 12}));
  // What is not named stays.
  EXPECT_EQ(*parse_policy("monthly 1"), (Policy{std::nullopt, 1}));
  EXPECT_EQ(*parse_policy("  daily  7  "), (Policy{7, std::nullopt}));
}

// A policy read wrongly would remove what was to stay.
TEST(Policy, AnythingElseIsRefused) {
  for (const char* bad : {"", ",", "daily", "daily 7,", ", daily 7", "daily -1", "daily 7.5",
                          "daily 7d", "daily 7 8", "daily 7, daily 7", "Daily 7", "weekly 4",
                          "daily 99999999999999999999", "daily 7; monthly all"}) {
    const auto policy = parse_policy(bad);
    ASSERT_FALSE(policy) << bad;
    EXPECT_EQ(policy.error().code, Errc::usage);
  }
}

}  // namespace
}  // namespace md::archive
