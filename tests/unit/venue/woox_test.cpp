// What is sent to WOO X.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Woox, APerpetualHasItsTickersAndTheIndexOfItsSpotMarket) {
  const Venue& venue = *find("woo-x");
  const auto c = venue.connections({{"SPOT_BTC_USDT", "PERP_BTC_USDT"}, venue.types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"id":"1","cmd":"SUBSCRIBE","params":["trade@SPOT_BTC_USDT","orderbookupdate@SPOT_BTC_USDT@200","bbo@SPOT_BTC_USDT","trade@PERP_BTC_USDT","orderbookupdate@PERP_BTC_USDT@200","bbo@PERP_BTC_USDT","markprice@PERP_BTC_USDT","openinterest@PERP_BTC_USDT","estfundingrate@PERP_BTC_USDT","indexprice@SPOT_BTC_USDT"]})"));
}

TEST(Woox, PingsAreAnsweredWithTheirTime) {
  const Padded ping{R"({"cmd":"PING","ts":1795168800170})"};
  Probe probe;
  EXPECT_EQ(*find("woox")->session()->on_frame({ping.view(), 0}, probe), FrameKind::heartbeat);
  EXPECT_THAT(probe.requests, ElementsAre(R"(send {"cmd":"PONG","ts":1795168800170})"));
}

}  // namespace
}  // namespace md::venue
