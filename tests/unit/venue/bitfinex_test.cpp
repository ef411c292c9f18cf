// What only a session of Bitfinex can ask for: its channels have numbers of the connection.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FrameKind read(Session& session, std::string_view text, Probe& probe) {
  const Padded padded{text};
  const auto kind = session.on_frame({padded.view(), 1}, probe);
  EXPECT_TRUE(kind) << text;
  return kind ? *kind : FrameKind::unknown;
}

TEST(Bitfinex, LostBookIsLeftByItsNumber) {
  const auto session = find("bitfinex")->session();
  Probe probe;
  read(*session, R"({"event":"subscribed","channel":"trades","chanId":16,"symbol":"tBTCUSD"})",
       probe);
  read(*session,
       R"({"event":"subscribed","channel":"book","chanId":17,"symbol":"tBTCUSD","prec":"P0"})",
       probe);
  read(*session,
       R"({"event":"subscribed","channel":"book","chanId":18,"symbol":"tETHUSD","prec":"P0"})",
       probe);
  EXPECT_THAT(probe.requests, IsEmpty());
  session->on_book_lost("tBTCUSD", probe);
  EXPECT_THAT(probe.requests, ElementsAre(R"(send {"event":"unsubscribe","chanId":17})"));
}

TEST(Bitfinex, HoleAndRestartAskForAnotherConnection) {
  const auto session = find("bitfinex")->session();
  Probe probe;
  read(*session, R"({"event":"conf","status":"OK","flags":65536})", probe);
  read(*session, R"([17,"hb",5])", probe);
  read(*session, R"([17,"hb",6])", probe);
  EXPECT_THAT(probe.requests, IsEmpty());
  read(*session, R"([17,"hb",8])", probe);
  read(*session, R"({"event":"info","code":20051})", probe);
  EXPECT_THAT(probe.requests,
              ElementsAre("reconnect hole in the connection's sequence", "reconnect info 20051"));
}

// Bulk updates look like snapshots: with that flag, the first alone is one.
TEST(Bitfinex, BulkUpdatesAreNoSnapshots) {
  const auto session = find("bitfinex")->session();
  Probe probe;
  read(*session, R"({"event":"conf","status":"OK","flags":536870912})", probe);
  read(*session,
       R"({"event":"subscribed","channel":"book","chanId":17,"symbol":"tBTCUSD","prec":"P0"})",
       probe);
  read(*session, "[17,[[1,1,1],[2,1,-1]]]", probe);
  read(*session, "[17,[[1,0,1],[2,1,-3]]]", probe);
  EXPECT_THAT(probe.books,
              ElementsAre("tBTCUSD snapshot bids:1 asks:1", "tBTCUSD change bids:1 asks:1"));
}

TEST(Bitfinex, LiquidationsAloneAreAskedForWithTheMarketsStatus) {
  const auto c = find("bitfinex")->connections({{"tBTCUSD", "tBTCF0:USTF0"}, {Type::liquidation}});
  ASSERT_THAT(c, testing::SizeIs(1));
  EXPECT_THAT(c[0].send,
              ElementsAre(R"({"event":"conf","flags":229376})",
                          R"({"event":"subscribe","channel":"status","key":"deriv:tBTCF0:USTF0"})",
                          R"({"event":"subscribe","channel":"status","key":"liq:global"})"));
}

}  // namespace
}  // namespace md::venue
