#include "book/missing_ids.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace md::book {
namespace {

using Verdict = MissingIds::Verdict;

TEST(MissingIds, HolesOpenAndClose) {
  MissingIds ids;
  std::optional<IdHole> closed;
  EXPECT_EQ(ids.add(10, 1, closed), Verdict::next);
  EXPECT_EQ(ids.add(20, 2, closed), Verdict::next);
  EXPECT_EQ(ids.add(15, 3, closed), Verdict::filled);
  ASSERT_EQ(ids.holes().size(), 2u);
  EXPECT_EQ(ids.holes().begin()->second.last, 14);
  EXPECT_EQ(ids.holes().rbegin()->second.first, 16);
  EXPECT_EQ(ids.add(15, 4, closed), Verdict::repeated);
  EXPECT_EQ(ids.add(20, 4, closed), Verdict::repeated);
  EXPECT_EQ(ids.add(8, 5, closed), Verdict::filled);
  EXPECT_EQ(ids.holes().begin()->second.first, 9);
}

TEST(MissingIds, GivesTheLowestAwayWhenThereAreTooMany) {
  MissingIds ids;
  std::optional<IdHole> closed;
  for (std::size_t i = 0; i <= MissingIds::kMaxHoles; ++i)
    ids.add(static_cast<std::int64_t>(2 * i), 1, closed);
  EXPECT_FALSE(closed);
  ids.add(1'000'000, 2, closed);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->first, 1);
}

// Against a set: ids in any order, with repeats.
TEST(MissingIds, AgreesWithASet) {
  std::mt19937 random{3};
  MissingIds ids;
  std::set<std::int64_t> seen;
  std::optional<IdHole> closed;
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t id = static_cast<std::int64_t>(random() % 3000);
    EXPECT_EQ(ids.add(id, i, closed) == Verdict::repeated, !seen.insert(id).second);
  }
  std::int64_t missing = 0;
  for (const auto& [first, hole] : ids.holes()) missing += hole.last - hole.first + 1;
  EXPECT_EQ(missing, *seen.rbegin() - *seen.begin() + 1 - static_cast<std::int64_t>(seen.size()));
}

}  // namespace
}  // namespace md::book
