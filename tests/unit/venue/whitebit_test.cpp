// What is sent to WhiteBIT, and what is asked of it by REST.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Whitebit, ListsOfMarketsAndSingleBooks) {
  const Venue& venue = *find("whitebit");
  const auto c = venue.connections({{"ETH_BTC", "BTC_PERP"}, venue.types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(R"({"id":1,"method":"trades_subscribe","params":["ETH_BTC","BTC_PERP"]})",
                  R"({"id":2,"method":"bookTicker_subscribe","params":["ETH_BTC","BTC_PERP"]})",
                  R"({"id":3,"method":"lastprice_subscribe","params":["BTC_PERP"]})",
                  R"({"id":4,"method":"depth_subscribe","params":["ETH_BTC",100,"0",true]})",
                  R"({"id":5,"method":"depth_subscribe","params":["BTC_PERP",100,"0",true]})"));
}

TEST(Whitebit, ConnectionsCarryWhatHasAStream) {
  const Venue& venue = *find("whitebit");
  const auto tickers =
      venue.connections({{"ETH_BTC", "BTC_PERP", "ETH_PERP"}, {Type::derivative_ticker}});
  ASSERT_THAT(tickers, SizeIs(1));
  EXPECT_THAT(tickers[0].symbols, ElementsAre("BTC_PERP", "ETH_PERP"));
  EXPECT_THAT(venue.connections({{"ETH_BTC"}, {Type::derivative_ticker}}), IsEmpty());
  EXPECT_THAT(venue.connections({{"ETH_BTC"}, {Type::liquidation}}), IsEmpty());
  // 200 requests a minute and connection.
  const auto books = venue.connections({std::vector<std::string>(400, "ETH_BTC"), venue.types});
  ASSERT_THAT(books, SizeIs(3));
  EXPECT_LT(books[0].send.size(), 200u);
}

TEST(Whitebit, PerpetualsAreAskedForTogetherOnceAMinute) {
  const auto session = find("whitebit")->session();
  Probe probe;
  const auto price = [&](std::string_view market, Micros second) {
    const Padded frame{
        fmt::format(R"({{"id":null,"method":"lastprice_update","params":["{}","1"]}})", market)};
    EXPECT_EQ(*session->on_frame({frame.view(), 1'795'168'800 * kSecond + second * kSecond}, probe),
              FrameKind::data);
  };
  price("BTC_PERP", 0);
  price("ETH_PERP", 1);
  EXPECT_THAT(probe.requests, IsEmpty());
  price("BTC_PERP", 5);
  price("ETH_PERP", 6);
  price("BTC_PERP", 64);
  EXPECT_THAT(probe.requests, SizeIs(1));
  price("BTC_PERP", 65);
  EXPECT_THAT(probe.requests,
              ElementsAre("fetch /api/v4/public/futures?markets=BTC_PERP%2CETH_PERP",
                          "fetch /api/v4/public/futures?markets=BTC_PERP%2CETH_PERP"));
}

}  // namespace
}  // namespace md::venue
