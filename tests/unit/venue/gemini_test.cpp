// Gemini: market names that run together, and what is sent.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Gemini, NamesAreTakenApartByTheOthers) {
  const Padded list{R"(["btcusd","btcgusd","paxgusd","btcrlusd","ethbtc","btcusdcperp","xyz"])"};
  std::vector<Market> out;
  ASSERT_TRUE(find("gemini")->read_markets(list.view(), out));
  std::vector<std::string> lines;
  for (const Market& m : out)
    lines.push_back(fmt::format("{} {}/{} {}", m.symbol, m.base, m.quote, m.kind));
  EXPECT_THAT(lines,
              ElementsAre("btcusd BTC/USD spot", "btcgusd BTC/GUSD spot", "paxgusd PAXG/USD spot",
                          "btcrlusd BTC/RLUSD spot", "ethbtc ETH/BTC spot",
                          "btcusdcperp BTC/USDC perpetual", "xyz / spot"));
}

TEST(Gemini, UndocumentedStreamsStandApart) {
  const auto c = find("gemini")->connections(
      {{"btcusd", "btcgusdperp"}, {Type::book_change, Type::derivative_ticker}});
  ASSERT_THAT(c, SizeIs(2));
  EXPECT_EQ(c[0].url, "wss://ws.gemini.com/?snapshot=-1");
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"id":1,"method":"SUBSCRIBE","params":["btcusd@depth@100ms","btcgusdperp@depth@100ms"]})"));
  EXPECT_EQ(c[1].url, "wss://ws.gemini.com/");
  EXPECT_THAT(c[1].send,
              ElementsAre(R"({"id":1,"method":"SUBSCRIBE","params":["btcgusdperp@markPrice"]})"));
}

}  // namespace
}  // namespace md::venue
