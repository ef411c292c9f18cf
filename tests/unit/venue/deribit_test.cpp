// What is sent to Deribit.
#include <gmock/gmock.h>

#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr std::string_view kHeartbeats =
    R"({"jsonrpc":"2.0","id":0,"method":"public/set_heartbeat","params":{"interval":10}})";

TEST(Deribit, StreamsAreNamedWhole) {
  const Types types{Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker};
  const auto c = find("deribit")->connections({{"BTC-PERPETUAL", "BTC_USDC"}, types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          kHeartbeats,
          R"({"jsonrpc":"2.0","id":1,"method":"public/subscribe","params":{"channels":["trades.BTC-PERPETUAL.100ms","book.BTC-PERPETUAL.100ms","quote.BTC-PERPETUAL","ticker.BTC-PERPETUAL.100ms","trades.BTC_USDC.100ms","book.BTC_USDC.100ms","quote.BTC_USDC"]}})"));
}

TEST(Deribit, LiquidationsComeWithTrades) {
  const auto c = find("deribit")->connections({{"ETH-25SEP26"}, {Type::liquidation}});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          kHeartbeats,
          R"({"jsonrpc":"2.0","id":1,"method":"public/subscribe","params":{"channels":["trades.ETH-25SEP26.100ms"]}})"));
}

}  // namespace
}  // namespace md::venue
