#include "base/quota.hpp"

#include <gtest/gtest.h>

namespace md {
namespace {

TEST(Quota, IsSoMuchInSoManySeconds) {
  const auto quota = parse_quota("6000/60");
  ASSERT_TRUE(quota);
  EXPECT_EQ(quota->most, 6000);
  EXPECT_EQ(quota->window, 60 * kSecond);
  EXPECT_EQ(parse_quota("5/0.25")->window, kSecond / 4);
}

TEST(Quota, IsNothingElse) {
  for (const char* text : {"", "/", "5", "5/", "/5", "0/1", "-1/1", "1/0", "1/-1", "1/nan", "1/x",
                           "1.5/1", "1/86401", "1/1 ", "99999999999999999999/1"}) {
    const auto quota = parse_quota(text);
    ASSERT_FALSE(quota) << text;
    EXPECT_EQ(quota.error().code, Errc::usage);
  }
}

}  // namespace
}  // namespace md
