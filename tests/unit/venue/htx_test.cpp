// What HTX is sent and answered; its market lists.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// What a fresh session asks for at this frame.
std::vector<std::string> requests(std::string_view venue, std::string_view text) {
  Probe probe;
  const Padded frame{text};
  EXPECT_TRUE(find(venue)->session()->on_frame({frame.view(), kHour}, probe).has_value());
  return probe.requests;
}

TEST(Htx, EachDialectHasItsPong) {
  EXPECT_THAT(requests("htx", R"({"ping":1618678073643})"),
              ElementsAre(R"(send {"pong":1618678073643})"));
  EXPECT_THAT(requests("htx-swap", R"({"ping":1645289389619})"),
              ElementsAre(R"(send {"pong":1645289389619})"));
  EXPECT_THAT(requests("htx-swap", R"({"op":"ping","ts":"1492420473058"})"),
              ElementsAre(R"(send {"op":"pong","ts":"1492420473058"})"));
  EXPECT_THAT(requests("htx-swap", R"({"op":"close","ts":"1492420473058"})"),
              ElementsAre("reconnect the venue says close"));
}

TEST(Htx, BookHasAPathOfItsOwnAndIsAskedForThere) {
  const auto c = find("htx")->connections({{"btcusdt"}, find("htx")->types});
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_EQ(c[0].url, "wss://api.huobi.pro/ws");
  EXPECT_THAT(c[0].send, ElementsAre(R"({"sub":"market.btcusdt.trade.detail","id":"1"})",
                                     R"({"sub":"market.btcusdt.bbo","id":"2"})"));
  EXPECT_EQ(c[1].url, "wss://api.huobi.pro/feed");
  EXPECT_THAT(c[1].send, ElementsAre(R"({"sub":"market.btcusdt.mbp.400","id":"1"})"));
  EXPECT_THAT(find("htx")->book.resubscribe("btcusdt"),
              ElementsAre(R"({"req":"market.btcusdt.mbp.400","id":"btcusdt"})"));
  EXPECT_THAT(
      requests("htx", R"({"id":"1","status":"ok","rep":"market.btcusdt.mbp.400","data":null})"),
      ElementsAre(R"(send {"req":"market.btcusdt.mbp.400","id":"btcusdt"})"));
}

TEST(HtxSwap, FamiliesDifferByPath) {
  const auto urls = [](std::string_view symbol) {
    std::vector<std::string> out;
    for (const Connection& c :
         find("htx-swap")
             ->connections({{std::string(symbol)}, {Type::book_change, Type::liquidation}})) {
      out.push_back(c.url.substr(c.url.rfind('/')));
      out.insert(out.end(), c.send.begin(), c.send.end());
    }
    return out;
  };
  EXPECT_THAT(
      urls("BTC-USDT-261225"),
      ElementsAre(
          "/linear-swap-ws",
          R"({"sub":"market.BTC-USDT-261225.depth.size_150.high_freq","id":"1","data_type":"incremental"})",
          "/linear-swap-notification",
          R"({"op":"sub","cid":"1","topic":"public.BTC-USDT-261225.liquidation_orders"})"));
  EXPECT_THAT(
      urls("BTC-USD"),
      ElementsAre(
          "/swap-ws",
          R"({"sub":"market.BTC-USD.depth.size_150.high_freq","id":"1","data_type":"incremental"})",
          "/swap-notification",
          R"({"op":"sub","cid":"1","topic":"public.BTC-USD.liquidation_orders"})"));
  EXPECT_THAT(
      urls("BTC261225"),
      ElementsAre(
          "/ws",
          R"({"sub":"market.BTC261225.depth.size_150.high_freq","id":"1","data_type":"incremental"})",
          "/notification", R"({"op":"sub","cid":"1","topic":"public.BTC.liquidation_orders"})"));
}

TEST(HtxSwap, MarkPricesAreTheClockOfOpenInterest) {
  constexpr std::string_view kMark =
      R"({"ch":"market.BTC-USDT.mark_price.1min","ts":1795168800000,"tick":{"close":"1"}})";
  const auto session = find("htx-swap")->session();
  Probe probe;
  const Padded frame{kMark};
  for (const Micros now : {kHour, kHour + kMinute - 1, kHour + kMinute})
    ASSERT_TRUE(session->on_frame({frame.view(), now}, probe).has_value());
  EXPECT_THAT(probe.requests,
              ElementsAre("fetch /linear-swap-api/v1/swap_open_interest?contract_code=BTC-USDT",
                          "fetch /linear-swap-api/v1/swap_open_interest?contract_code=BTC-USDT"));
}

TEST(HtxSwap, ContractsOfAllFamilies) {
  std::vector<Market> out;
  const Padded list{R"({"status":"ok","data":[
    {"symbol":"BTC","contract_code":"BTC-USDT","contract_size":0.001,"price_tick":0.1,"contract_status":1},
    {"symbol":"BTC","contract_code":"BTC-USDT-261225","contract_size":0.001,"price_tick":0.1,"contract_status":3},
    {"symbol":"OLD","contract_code":"OLD-USDT","contract_size":1,"price_tick":0.1,"contract_status":0},
    {"symbol":"BTC","contract_code":"BTC-USD","contract_size":100,"price_tick":0.1,"contract_status":1},
    {"symbol":"BTC","contract_code":"BTC261225","contract_size":100,"price_tick":0.01,"contract_status":1}]})"};
  ASSERT_TRUE(find("htx-swap")->read_markets(list.view(), out).has_value());
  ASSERT_THAT(out, SizeIs(4));
  EXPECT_EQ(out[0].kind, "perpetual");
  EXPECT_EQ(out[0].quote, "USDT");
  EXPECT_EQ(out[0].contract_size.to_text(), "0.001");
  EXPECT_EQ(out[1].kind, "future");
  EXPECT_FALSE(out[1].active);
  EXPECT_EQ(out[2].kind, "perpetual");
  EXPECT_EQ(out[2].quote, "USD");
  EXPECT_EQ(out[3].kind, "future");
  EXPECT_EQ(out[3].tick.to_text(), "0.01");
}

}  // namespace
}  // namespace md::venue
