#include "sim/pace.hpp"

#include <gtest/gtest.h>

#include "sim/server.hpp"

namespace md::sim {
namespace {

TEST(Pace, DividesWhatElapsed) {
  EXPECT_EQ(Pace{}.due(100, 7 * kSecond), 100 + 7 * kSecond);
  EXPECT_EQ(parse_pace("2")->due(100, 7 * kSecond), 100 + 7 * kSecond / 2);
  EXPECT_EQ(parse_pace("0.5")->due(100, 7 * kSecond), 100 + 14 * kSecond);
  EXPECT_EQ(parse_pace("max")->due(100, 7 * kSecond), 100);
  // Lines of a capture are not always in order: what lies before its first frame is due at once.
  EXPECT_LE(Pace{}.due(100, -5), 100);
}

TEST(Pace, RefusesWhatIsNoSpeed) {
  for (const char* text : {"", "0", "-1", "fast", "1x", "nan", "inf", "1e9"}) {
    EXPECT_FALSE(parse_pace(text)) << text;
  }
}

TEST(ParseListen, ReadsAddressAndPort) {
  ServerOptions options;
  ASSERT_TRUE(parse_listen("127.0.0.1:8080", options));
  EXPECT_EQ(options.address, "127.0.0.1");
  EXPECT_EQ(options.port, 8080);
  ASSERT_TRUE(parse_listen("[::1]:0", options));
  EXPECT_EQ(options.address, "::1");
  ASSERT_TRUE(parse_listen("localhost:65535", options));
  EXPECT_EQ(options.address, "127.0.0.1");
  for (const char* text : {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                           "host.example:1", "1:2:3"}) {
    const auto parsed = parse_listen(text, options);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::usage);
  }
}

}  // namespace
}  // namespace md::sim
