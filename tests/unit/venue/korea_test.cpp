// What the exchanges of Korea are sent, and their market lists: all of a connection in one request
// (Upbit, Bithumb), or pairs of currencies (Coinone).
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Korea, ARequestHoldsAllOfAConnection) {
  for (const std::string_view id : {"upbit", "bithumb"}) {
    const Venue& venue = *find(id);
    const auto c = venue.connections({{"KRW-BTC", "BTC-ETH"}, venue.types});
    ASSERT_THAT(c, SizeIs(1));
    EXPECT_THAT(
        c[0].send,
        ElementsAre(
            R"([{"ticket":"mdtools"},{"type":"trade","codes":["KRW-BTC","BTC-ETH"],"isOnlyRealtime":true},{"type":"orderbook","codes":["KRW-BTC","BTC-ETH"]},{"format":"DEFAULT"}])"));
    EXPECT_THAT(venue.connections({{"KRW-BTC"}, {Type::liquidation}}), IsEmpty());
  }
}

TEST(Korea, CoinoneTakesOneTopicARequest) {
  const auto c = find("coinone")->connections({{"BTC_KRW"}, {Type::trade, Type::book_change}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"request_type":"SUBSCRIBE","channel":"TRADE","topic":{"quote_currency":"KRW","target_currency":"BTC"},"format":"DEFAULT"})",
          R"({"request_type":"SUBSCRIBE","channel":"ORDERBOOK","topic":{"quote_currency":"KRW","target_currency":"BTC"},"format":"DEFAULT"})"));
}

TEST(Korea, MarketLists) {
  std::vector<Market> out;
  const Padded bithumb{R"([{"market":"KRW-BTC","market_warning":"NONE"}])"};
  ASSERT_TRUE(find("bithumb")->read_markets(bithumb.view(), out));
  const Padded coinone{
      R"({"result":"success","markets":[{"quote_currency":"KRW","target_currency":"BTC","price_unit":"1000","qty_unit":"0.0001","maintenance_status":0,"trade_status":1},{"quote_currency":"KRW","target_currency":"OLD","maintenance_status":0,"trade_status":0}]})"};
  ASSERT_TRUE(find("coinone")->read_markets(coinone.view(), out));
  ASSERT_THAT(out, SizeIs(3));
  EXPECT_EQ(out[0].symbol + " " + out[0].base + "/" + out[0].quote, "KRW-BTC BTC/KRW");
  EXPECT_EQ(out[1].symbol + " " + out[1].base + "/" + out[1].quote, "BTC_KRW BTC/KRW");
  EXPECT_EQ(out[1].tick.to_text() + " " + out[1].step.to_text(), "1000 0.0001");
  EXPECT_TRUE(out[1].active);
  EXPECT_FALSE(out[2].active);
}

}  // namespace
}  // namespace md::venue
