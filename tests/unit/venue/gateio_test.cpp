// What Gate is sent; its market lists.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Gate, SpotNamesTheStreamOfABook) {
  const auto c = find("gateio")->connections({{"BTC_USDT"}, find("gateio")->types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_EQ(c[0].url, "wss://api.gateio.ws/ws/v4/");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"id":1,"channel":"spot.trades","event":"subscribe","payload":["BTC_USDT"]})",
          R"({"id":2,"channel":"spot.obu","event":"subscribe","payload":["ob.BTC_USDT.400"]})",
          R"({"id":3,"channel":"spot.book_ticker","event":"subscribe","payload":["BTC_USDT"]})"));
  EXPECT_THAT(
      find("gateio")->book.resubscribe("BTC_USDT"),
      ElementsAre(
          R"({"id":1,"channel":"spot.obu","event":"unsubscribe","payload":["ob.BTC_USDT.400"]})",
          R"({"id":2,"channel":"spot.obu","event":"subscribe","payload":["ob.BTC_USDT.400"]})"));
}

// A socket is silent about contracts of another family.
TEST(Gate, FamiliesOfFuturesDifferByPath) {
  std::vector<std::string> lines;
  for (const Connection& c :
       find("gateio-futures")
           ->connections({{"BTC_USD", "BTC_USDT", "BTC_USDT_20261225", "BTC_USD1"},
                          {Type::trade, Type::liquidation}})) {
    ASSERT_THAT(c.symbols, SizeIs(1));
    lines.push_back(c.url + " " + c.symbols[0] + " " + std::to_string(c.send.size()));
  }
  EXPECT_THAT(lines, ElementsAre("wss://fx-ws.gateio.ws/v4/ws/usdt BTC_USDT 2",
                                 "wss://fx-ws.gateio.ws/v4/ws/btc BTC_USD 2",
                                 "wss://fx-ws.gateio.ws/v4/ws/usd1 BTC_USD1 2",
                                 "wss://fx-ws.gateio.ws/v4/ws/delivery/usdt BTC_USDT_20261225 1"));
  EXPECT_EQ(find("gateio-futures")->book.snapshot_request("BTC_USDT_20261225"),
            "/api/v4/delivery/usdt/order_book?contract=BTC_USDT_20261225&limit=100&with_id=true");
}

TEST(Gate, ContractsAndPairs) {
  std::vector<Market> out;
  const Padded pairs{R"([
    {"id":"BTC_USDT","base":"BTC","quote":"USDT","precision":1,"amount_precision":6,"trade_status":"tradable"},
    {"id":"NEW_USDT","base":"NEW","quote":"USDT","precision":4,"amount_precision":2,"trade_status":"buyable"}])"};
  const Padded contracts{R"([
    {"name":"BTC_USDT","quanto_multiplier":"0.0001","order_price_round":"0.1","order_size_min":1,"status":"trading","in_delisting":false},
    {"name":"BTC_USD","quanto_multiplier":"0","order_price_round":"0.1","enable_decimal":true,"in_delisting":true},
    {"name":"BTC_USDT_20261225","quanto_multiplier":"0.0001","order_price_round":"0.1","in_delisting":false}])"};
  ASSERT_TRUE(find("gateio")->read_markets(pairs.view(), out).has_value());
  ASSERT_TRUE(find("gateio-futures")->read_markets(contracts.view(), out).has_value());
  ASSERT_THAT(out, SizeIs(5));
  EXPECT_EQ(out[0].tick.to_text(), "0.1");
  EXPECT_EQ(out[0].step.to_text(), "0.000001");
  EXPECT_TRUE(out[0].active);
  EXPECT_FALSE(out[1].active);
  EXPECT_EQ(out[2].kind, "perpetual");
  EXPECT_EQ(out[2].quote, "USDT");
  EXPECT_EQ(out[2].contract_size.to_text(), "0.0001");
  EXPECT_EQ(out[2].step.to_text(), "1");
  EXPECT_EQ(out[3].contract_size.to_text(), "1");  // a dollar
  EXPECT_TRUE(out[3].step.is_zero());
  EXPECT_FALSE(out[3].active);
  EXPECT_EQ(out[4].kind, "future");
  EXPECT_EQ(out[4].quote, "USDT");
}

}  // namespace
}  // namespace md::venue
