// dYdX: what is sent, within 32 markets of a channel; and numbers that come late.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Dydx, ThirtyTwoMarketsAConnection) {
  std::vector<std::string> symbols;
  for (int i = 0; i < 33; ++i) symbols.push_back(fmt::format("{}-USD", i));
  const auto both = find("dydx")->connections({symbols, {Type::trade, Type::book_change}});
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_THAT(both[0].send, SizeIs(64));
  const auto trades = find("dydx")->connections({symbols, {Type::trade}});
  ASSERT_THAT(trades, SizeIs(2));
  EXPECT_THAT(trades[0].send, SizeIs(32));
  EXPECT_THAT(
      trades[1].send,
      ElementsAre(R"({"type":"subscribe","channel":"v4_trades","id":"32-USD","batched":false})"));
}

TEST(Dydx, TickersNeedAChannelThatNamesTheMarket) {
  const auto c = find("dydx")->connections({{"BTC-USD"}, {Type::derivative_ticker}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(R"({"type":"subscribe","channel":"v4_trades","id":"BTC-USD","batched":false})",
                  R"({"type":"subscribe","channel":"v4_markets","batched":false})"));
}

void read(Session& session, std::int64_t number, Micros at, Probe& probe) {
  const Padded text{fmt::format(R"({{"type":"pong","message_id":{}}})", number)};
  EXPECT_TRUE(session.on_frame({text.view(), at}, probe));
}

TEST(Dydx, NumbersMayComeLate) {
  const auto session = find("dydx")->session();
  Probe probe;
  read(*session, 5, 0, probe);
  read(*session, 9, 1 * kSecond, probe);
  read(*session, 7, 2 * kSecond, probe);
  read(*session, 6, 3 * kSecond, probe);
  read(*session, 9, 3 * kSecond, probe);  // an error repeats a number
  read(*session, 10, 31 * kSecond, probe);
  EXPECT_TRUE(probe.empty());
  read(*session, 11, 32 * kSecond, probe);
  ASSERT_THAT(probe.events, SizeIs(1));
  EXPECT_THAT(probe.events[0], testing::HasSubstr(R"("prevSeq":7,"seq":9)"));
  EXPECT_THAT(probe.requests, ElementsAre("reconnect hole in the connection's sequence"));
  read(*session, INT64_MAX, 33 * kSecond, probe);  // too many at once to wait for
  EXPECT_THAT(probe.events, SizeIs(2));
}

}  // namespace
}  // namespace md::venue
