#include "sim/fault_rules.hpp"

#include <gtest/gtest.h>

namespace md::sim {
namespace {

using When = FaultRule::When;

FaultRule one(std::string_view text) {
  std::vector<FaultRule> rules;
  const auto parsed = parse_faults(text, rules);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  EXPECT_EQ(rules.size(), 1u);
  return rules.empty() ? FaultRule{} : rules.front();
}

TEST(FaultRules, ReadWhatAndWhen) {
  const FaultRule drop = one("  drop nth=100\tcount=5 type=trade connection=2 # five trades");
  EXPECT_EQ(drop.fault, Fault::drop);
  EXPECT_EQ(drop.when, When::nth);
  EXPECT_EQ(drop.n, 100);
  EXPECT_EQ(drop.count, 5);
  EXPECT_EQ(drop.type, Type::trade);
  EXPECT_EQ(drop.connection, 2u);
  EXPECT_EQ(drop.text, "drop nth=100 count=5 type=trade connection=2");
  EXPECT_EQ(one("corrupt chance=0.1%").n, 1000);
  EXPECT_EQ(one("delay every=7 by=1.5s").by, 1'500'000);
  EXPECT_EQ(one("cut at=250ms").n, 250'000);
  const FaultRule close = one("close age=24h code=1012 reason=restart times=3");
  EXPECT_EQ(close.n, 24 * 3600 * kSecond);
  EXPECT_EQ(close.code, 1012);
  EXPECT_EQ(close.reason, "restart");
  EXPECT_EQ(close.times, 3);
  const FaultRule refuse = one("refuse nth=1 status=418 retry=2m path=/api/v3/depth");
  EXPECT_EQ(refuse.status, 418);
  EXPECT_EQ(refuse.retry_s, 120);
  EXPECT_EQ(refuse.path, "/api/v3/depth");
  EXPECT_EQ(one("stall age=1s").lasts, FaultRule::kForever);
  EXPECT_EQ(one("stall age=1s for=2s").lasts, 2 * kSecond);
}

TEST(FaultRules, SeveralAreOneALineOrWithSemicolons) {
  std::vector<FaultRule> rules;
  ASSERT_TRUE(parse_faults("# all; of it\n\ncut age=1s;reset age=2s ; # and; more\nhalfopen age=3s",
                           rules));
  ASSERT_EQ(rules.size(), 3u);
  EXPECT_EQ(rules[2].fault, Fault::half_open);
}

TEST(FaultRules, SayWhatIsWrong) {
  for (const char* text : {
           "vanish nth=1",
           "drop",
           "drop nth=1 every=2",
           "drop nth=0",
           "drop nth=-1",
           "drop nth=x",
           "drop nth=1 nth=1",
           "drop nth",
           "drop chance=0%",
           "drop chance=101%",
           "drop chance=5",
           "drop at=5",
           "drop at=-1s",
           "drop at=1d",
           "drop nth=1 count=2 for=1s",
           "drop nth=1 for=0s",
           "drop nth=1 type=connect",
           "drop nth=1 type=x",
           "drop nth=1 path=/",
           "delay nth=1",
           "reorder nth=1 frames=0",
           "close age=1s code=1006",
           "close age=1s code=999",
           "close age=1s count=2",
           "refuse nth=1",
           "refuse nth=1 status=200",
           "refuse nth=1 status=429 retry=100ms",
           "refuse age=1s status=429",
           "deny nth=1 status=429 type=trade",
           "slow nth=1",
           "stale nth=1 by=0s",
       }) {
    std::vector<FaultRule> rules;
    const auto parsed = parse_faults(text, rules);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::usage);
  }
}

}  // namespace
}  // namespace md::sim
