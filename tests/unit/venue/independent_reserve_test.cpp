// What Independent Reserve is sent and asked: a channel is of a base currency, a book of a market.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(IndependentReserve, MarketsShareTheChannelsOfTheirBase) {
  const Venue& venue = *find("independent-reserve");
  const auto c = venue.connections({{"xbt-aud", "xbt-usd", "eth-aud"}, venue.types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(c[0].symbols, ElementsAre("xbt-aud", "xbt-usd", "eth-aud"));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"Event":"Subscribe","Data":["ticker-xbt","ticker-eth","orderbook-xbt","orderbook-eth"]})"));
}

TEST(IndependentReserve, AsksForTheBooksOfABaseOnce) {
  const auto session = find("independent-reserve")->session();
  Probe probe;
  const Padded answer{
      R"({"Event":"Subscriptions","Data":["ticker-eth","orderbook-xbt"],"Time":1})"};
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(session->on_frame({answer.view(), 1}, probe));
  constexpr std::string_view kAsk = "fetch /Public/GetAllOrders?primaryCurrencyCode=xbt";
  EXPECT_THAT(probe.requests, ElementsAre(fmt::format("{}&secondaryCurrencyCode=aud", kAsk),
                                          fmt::format("{}&secondaryCurrencyCode=usd", kAsk),
                                          fmt::format("{}&secondaryCurrencyCode=nzd", kAsk),
                                          fmt::format("{}&secondaryCurrencyCode=sgd", kAsk)));
}

TEST(IndependentReserve, ABrokenSnapshotGivesNothing) {
  const auto session = find("independent-reserve")->session();
  Probe probe;
  const Padded answer{R"({"Event":"Subscriptions","Data":["orderbook-xbt"],"Time":1})"};
  ASSERT_TRUE(session->on_frame({answer.view(), 1}, probe));
  const std::string url =
      "https://api.independentreserve.com/Public/"
      "GetAllOrders?primaryCurrencyCode=xbt&secondaryCurrencyCode=aud";
  for (const char* text : {R"({"BuyOrders":[]})", R"({"BuyOrders":[{"Guid":"a"}],"SellOrders":[]})",
                           R"({"BuyOrders":[],"SellOrders":[)"}) {
    const Padded data{text};
    EXPECT_FALSE(session->on_reply({url, 200, data.view(), 1}, probe)) << text;
    session->on_orders({url, 200, data.view(), 1}, probe);
  }
  EXPECT_THAT(probe.books, IsEmpty());
  const Padded data{R"({"BuyOrders":[],"SellOrders":[]})"};
  session->on_orders({url, 200, data.view(), 1}, probe);
  EXPECT_THAT(probe.books, ElementsAre("xbt-aud snapshot bids:0 asks:0"));
}

TEST(IndependentReserve, EveryBaseHasAMarketInEachCurrency) {
  std::vector<Market> out;
  const Padded list{R"(["Xbt","Eth"])"};
  ASSERT_TRUE(find("independent-reserve")->read_markets(list.view(), out));
  ASSERT_THAT(out, SizeIs(8));
  EXPECT_EQ(out[5].symbol + " " + out[5].base + "/" + out[5].quote, "eth-usd ETH/USD");
}

}  // namespace
}  // namespace md::venue
