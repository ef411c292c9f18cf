// What is sent to BingX, and its market lists.
#include <gmock/gmock.h>

#include "market_lines.hpp"
#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Bingx, CoinMarginedSwapsHaveAHostOfTheirOwn) {
  const auto c = find("bingx-swap")->connections({{"BTC-USDT", "BTC-USD"}, {Type::book_change}});
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_EQ(c[0].url, "wss://open-api-swap.bingx.com/swap-market");
  EXPECT_THAT(c[0].send,
              ElementsAre(R"({"id":"1","reqType":"sub","dataType":"BTC-USDT@incrDepth"})"));
  EXPECT_EQ(c[1].url, "wss://open-api-cswap-ws.bingx.com/market");
  EXPECT_THAT(c[1].send,
              ElementsAre(R"({"id":"1","reqType":"sub","dataType":"BTC-USD@incrDepth"})"));
}

TEST(Bingx, PingsAreAnsweredInKind) {
  Probe probe;
  const auto session = find("bingx")->session();
  const Padded word{"Ping"};
  EXPECT_EQ(*session->on_frame({word.view(), 0}, probe), FrameKind::heartbeat);
  const Padded object{R"({"ping":"5963ba3d","time":"2026-11-20T18:00:00.490+0800"})"};
  EXPECT_EQ(*session->on_frame({object.view(), 0}, probe), FrameKind::heartbeat);
  EXPECT_THAT(probe.requests,
              ElementsAre("send Pong",
                          R"(send {"pong":"5963ba3d","time":"2026-11-20T18:00:00.490+0800"})"));
}

TEST(Bingx, TheMarkPriceIsTheClockOfTheIndex) {
  Probe probe;
  const auto session = find("bingx-swap")->session();
  const Padded mark{
      R"({"code":0,"dataType":"BTC-USDT@markPrice","data":{"s":"BTC-USDT","p":"1"}})"};
  for (const Micros now : {kMinute, kMinute + 1, 2 * kMinute})
    EXPECT_EQ(*session->on_frame({mark.view(), now}, probe), FrameKind::data);
  EXPECT_THAT(probe.requests, SizeIs(2));
  EXPECT_EQ(probe.requests[0], "fetch /openApi/swap/v2/quote/premiumIndex?symbol=BTC-USDT");
}

TEST(Bingx, Markets) {
  EXPECT_THAT(markets("bingx", R"({"code":0,"data":{"symbols":[
        {"symbol":"BTC-USDT","status":1,"tickSize":0.01,"stepSize":0.000001},
        {"symbol":"OLD-USDT","status":25,"tickSize":1e-05,"stepSize":1}]}})"),
              ElementsAre("BTC-USDT BTC/USDT spot on 0.01 0.000001 0",
                          "OLD-USDT OLD/USDT spot off 0.00001 1 0"));
  EXPECT_THAT(markets("bingx-swap", R"({"code":0,"data":[
        {"symbol":"BTC-USDT","asset":"BTC","currency":"USDT","status":1,"pricePrecision":1,"quantityPrecision":4}]})"),
              ElementsAre("BTC-USDT BTC/USDT perpetual on 0.1 0.0001 0"));
}

}  // namespace
}  // namespace md::venue
