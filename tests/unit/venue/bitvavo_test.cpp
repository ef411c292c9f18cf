// What is sent to Bitvavo, and what a restart of its matching engine brings about.
#include <gmock/gmock.h>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Bitvavo, OneRequestListsAll) {
  const Venue& venue = *find("bitvavo");
  const auto c = venue.connections({{"BTC-EUR", "ETH-EUR"}, venue.types});
  ASSERT_THAT(c, SizeIs(1));
  EXPECT_THAT(
      c[0].send,
      ElementsAre(
          R"({"action":"subscribe","channels":[{"name":"trades","markets":["BTC-EUR","ETH-EUR"]},{"name":"book","markets":["BTC-EUR","ETH-EUR"]},{"name":"ticker","markets":["BTC-EUR","ETH-EUR"]}]})"));
}

TEST(Bitvavo, ANonceThatFallsEndsTheConnectionOnce) {
  const auto session = find("bitvavo")->session();
  Probe probe;
  const auto change = [&](int nonce) {
    const Padded frame{fmt::format(
        R"({{"event":"book","market":"BTC-EUR","nonce":{},"bids":[["1","1"]],"asks":[]}})", nonce)};
    EXPECT_EQ(*session->on_frame({frame.view(), 0}, probe), FrameKind::data);
  };
  for (const int nonce : {100, 101, 101, 1, 2}) change(nonce);
  EXPECT_THAT(probe.books, SizeIs(4));
  EXPECT_THAT(probe.events, SizeIs(1));
  EXPECT_THAT(probe.requests, ElementsAre("reconnect the nonce of a book fell"));
}

}  // namespace
}  // namespace md::venue
