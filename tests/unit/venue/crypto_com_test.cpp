// What is sent to Crypto.com, and which of its trades are those of before.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

FrameKind kind(Session& session, std::string_view frame, Probe& probe) {
  const Padded padded{frame};
  const auto kind = session.on_frame({padded.view(), 0}, probe);
  return kind ? *kind : FrameKind::unknown;
}

TEST(CryptoCom, AContractHasItsTickersAndTheIndexOfItsBase) {
  const Venue& venue = *find("crypto-com");
  const auto c = venue.connections({{"BTC_USDT", "BTCUSD-PERP", "BTCUSD-261225"}, venue.types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"id":1,"method":"subscribe","params":{"channels":["trade.BTC_USDT","book.BTC_USDT.50","ticker.BTC_USDT","trade.BTCUSD-PERP","book.BTCUSD-PERP.50","ticker.BTCUSD-PERP","mark.BTCUSD-PERP","funding.BTCUSD-PERP","estimatedfunding.BTCUSD-PERP","trade.BTCUSD-261225","book.BTCUSD-261225.50","ticker.BTCUSD-261225","mark.BTCUSD-261225","index.BTCUSD-INDEX"],"book_subscription_type":"SNAPSHOT_AND_UPDATE","book_update_frequency":10}})"));
  EXPECT_THAT(
      venue.book.resubscribe("BTC_USDT"),
      ElementsAre(
          R"({"id":1,"method":"unsubscribe","params":{"channels":["book.BTC_USDT.50"]}})",
          R"({"id":2,"method":"subscribe","params":{"channels":["book.BTC_USDT.50"],"book_subscription_type":"SNAPSHOT_AND_UPDATE","book_update_frequency":10}})"));
}

TEST(CryptoCom, HeartbeatsAreAnsweredWithTheirId) {
  const auto session = find("crypto-com")->session();
  Probe probe;
  EXPECT_EQ(kind(*session, R"({"id":1587523073344,"method":"public/heartbeat","code":0})", probe),
            FrameKind::heartbeat);
  EXPECT_THAT(probe.requests,
              ElementsAre(R"(send {"id":1587523073344,"method":"public/respond-heartbeat"})"));
}

TEST(CryptoCom, FirstTradesBehindAnAcknowledgementAreHistory) {
  constexpr std::string_view kTrade =
      R"({"id":-1,"code":0,"method":"subscribe","result":{"channel":"trade","subscription":"trade.A_B","instrument_name":"A_B","data":[{"d":"1","t":1795168800000,"p":"1","q":"1","s":"BUY","i":"A_B"}]}})";
  Probe probe;
  const auto later = find("crypto-com")->session();  // recorded from the middle of a connection
  EXPECT_EQ(kind(*later, kTrade, probe), FrameKind::data);
  const auto session = find("crypto-com")->session();
  EXPECT_EQ(kind(*session, R"({"id":1,"code":0,"method":"subscribe"})", probe), FrameKind::ack);
  EXPECT_EQ(kind(*session, kTrade, probe), FrameKind::history);
  EXPECT_EQ(kind(*session, kTrade, probe), FrameKind::data);
  // Of a book that was subscribed again.
  EXPECT_EQ(kind(*session, R"({"id":2,"code":0,"method":"subscribe"})", probe), FrameKind::ack);
  EXPECT_EQ(kind(*session, kTrade, probe), FrameKind::data);
  EXPECT_THAT(probe.events, SizeIs(3));
}

}  // namespace
}  // namespace md::venue
