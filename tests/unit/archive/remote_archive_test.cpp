#include "archive/remote_archive.hpp"

#include <gmock/gmock.h>

#include <set>

namespace md::archive {
namespace {

Manifest members_of(const std::vector<std::uint64_t>& sizes) {
  Manifest manifest;
  for (const std::uint64_t bytes : sizes) manifest.members.emplace_back().bytes = bytes;
  return manifest;
}

TEST(Sample, IsOfBytesAndHasOneMemberAtLeast) {
  const Manifest manifest = members_of(std::vector<std::uint64_t>(100, 1000));
  EXPECT_EQ(sample_members(manifest, 5, 1).size(), 5u);
  EXPECT_EQ(sample_members(manifest, 0.001, 1).size(), 1u);
  EXPECT_EQ(sample_members(manifest, 100, 1).size(), 100u);
  EXPECT_EQ(sample_members(members_of({0, 0}), 100, 1).size(), 2u);
  EXPECT_TRUE(sample_members(members_of({}), 5, 1).empty());
}

TEST(Sample, TakesEachMemberSometime) {
  const Manifest manifest = members_of({1, 1000000, 5, 70});
  std::set<std::size_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto sample = sample_members(manifest, 0.1, seed);
    EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end()));
    seen.insert(sample.begin(), sample.end());
  }
  EXPECT_THAT(seen, testing::ElementsAre(0, 1, 2, 3));
}

TEST(Percent, IsANumberAboveZeroWithItsSign) {
  EXPECT_EQ(*parse_percent("5%"), 5);
  EXPECT_EQ(*parse_percent("0.5%"), 0.5);
  EXPECT_EQ(*parse_percent("100%"), 100);
  for (const char* bad : {"", "%", "5", "0%", "-5%", "101%", "5%%", "5 %", "nan%", "inf%", "1e1%"})
    EXPECT_FALSE(parse_percent(bad)) << bad;
}

TEST(RemotePath, JoinsWhatRcloneTakes) {
  EXPECT_EQ(remote_path("far:", "a.tar"), "far:a.tar");
  EXPECT_EQ(remote_path("far:x", "a.tar"), "far:x/a.tar");
  EXPECT_EQ(remote_path("/mnt/", "a.tar"), "/mnt/a.tar");
}

}  // namespace
}  // namespace md::archive
