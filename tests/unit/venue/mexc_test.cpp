// What is sent to MEXC, spot and futures.
#include <gmock/gmock.h>

#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Mexc, AConnectionBearsThirtyTopics) {
  const Venue& venue = *find("mexc");
  std::vector<std::string> symbols(25, "BTCUSDT");
  const auto c = venue.connections({symbols, venue.types});
  ASSERT_THAT(c, SizeIs(3));  // ten markets of three topics each
  EXPECT_THAT(c[0].symbols, SizeIs(10));
  EXPECT_THAT(c[0].send, SizeIs(1));
  EXPECT_THAT(
      venue.connections({{"BTCUSDT"}, venue.types})[0].send,
      ElementsAre(
          R"({"method":"SUBSCRIPTION","params":["spot@public.aggre.deals.v3.api.pb@10ms@BTCUSDT","spot@public.aggre.depth.v3.api.pb@10ms@BTCUSDT","spot@public.aggre.bookTicker.v3.api.pb@10ms@BTCUSDT"]})"));
  EXPECT_EQ(venue.book.snapshot_request("币安人生USDT"),
            "/api/v3/depth?symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT&limit=5000");
}

TEST(MexcFutures, AMessageNamesOneStream) {
  const Venue& venue = *find("mexc-futures");
  const auto c = venue.connections({{"BTC_USDT"}, venue.types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"method":"sub.deal","param":{"symbol":"BTC_USDT","compress":false},"gzip":false})",
          R"({"method":"sub.depth","param":{"symbol":"BTC_USDT","compress":false},"gzip":false})",
          R"({"method":"sub.ticker","param":{"symbol":"BTC_USDT"},"gzip":false})",
          R"({"method":"sub.funding.rate","param":{"symbol":"BTC_USDT"},"gzip":false})"));
}

}  // namespace
}  // namespace md::venue
