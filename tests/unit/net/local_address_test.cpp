#include "net/local_address.hpp"

#include <gtest/gtest.h>

namespace md::net {
namespace {

TEST(LocalAddress, OursMayBeUsed) { EXPECT_TRUE(check_local_address("127.0.0.5")); }

TEST(LocalAddress, AnothersMayNot) {
  const auto result = check_local_address("192.0.2.1");  // of documentation
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::config);
  EXPECT_EQ(result.error().message,
            "cannot connect from '192.0.2.1': Cannot assign requested address");
}

TEST(LocalAddress, NamesAreNone) {
  for (const char* text : {"localhost", "", "127.0.0.1:80", "eth0"}) {
    const auto result = check_local_address(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Errc::usage);
  }
}

}  // namespace
}  // namespace md::net
