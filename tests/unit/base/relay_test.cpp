#include "base/relay.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>

namespace md {
namespace {

TEST(Relay, GivesAllThingsInOrderWithoutHavingMoreThanItsSlots) {
  Relay<int> relay{3};
  std::thread maker{[&] {
    for (int i = 0; i < 10000; ++i) {
      *relay.claim() = i;
      relay.publish();
    }
    relay.end();
  }};
  int expected = 0;
  while (const int* const got = relay.next()) {
    EXPECT_EQ(*got, expected++);
    relay.release();
  }
  maker.join();
  EXPECT_EQ(expected, 10000);
}

TEST(Relay, AMakerThatIsAheadWaitsForASlot) {
  Relay<int> relay{2};
  for (int i = 0; i < 2; ++i) {
    ASSERT_NE(relay.claim(), nullptr);
    relay.publish();
  }
  std::promise<void> claimed;
  auto future = claimed.get_future();
  std::thread maker{[&] {
    relay.claim();
    claimed.set_value();
  }};
  EXPECT_EQ(future.wait_for(std::chrono::milliseconds{20}), std::future_status::timeout);
  ASSERT_NE(relay.next(), nullptr);
  relay.release();
  future.wait();
  maker.join();
}

TEST(Relay, ASlotKeepsWhatItHeld) {
  Relay<std::string> relay{1};
  *relay.claim() = "kept";
  relay.publish();
  relay.next();
  relay.release();
  EXPECT_EQ(*relay.claim(), "kept");
}

TEST(Relay, AfterTheEndTheRestIsGivenAndThenNothing) {
  Relay<int> relay{2};
  *relay.claim() = 7;
  relay.publish();
  relay.end();
  ASSERT_NE(relay.next(), nullptr);
  EXPECT_EQ(*relay.next(), 7) << "not released yet";
  relay.release();
  EXPECT_EQ(relay.next(), nullptr);
}

TEST(Relay, ATakerThatLeavesFreesWhoWaits) {
  Relay<int> relay{1};
  *relay.claim() = 1;
  relay.publish();
  std::thread maker{[&] {
    EXPECT_EQ(relay.claim(), nullptr);
    relay.wait_until_taken();
  }};
  relay.leave();
  maker.join();
}

TEST(Relay, SaysWhyTheTakerHasLeft) {
  Relay<int> relay{1};
  EXPECT_TRUE(relay.status());
  relay.claim();
  relay.publish();
  std::thread taker{[&] { relay.leave(Error{Errc::io, "disk full"}); }};
  relay.wait_until_taken();
  EXPECT_EQ(relay.claim(), nullptr);
  ASSERT_FALSE(relay.status());
  EXPECT_EQ(relay.status().error().code, Errc::io);
  EXPECT_EQ(relay.status().error().message, "disk full");
  taker.join();
}

TEST(Relay, WaitsUntilAllIsTaken) {
  Relay<int> relay{4};
  for (int i = 0; i < 4; ++i) {
    relay.claim();
    relay.publish();
  }
  int taken = 0;
  std::thread taker{[&] {
    for (; taken < 4; ++taken) {
      relay.next();
      if (taken == 3) break;
      relay.release();
    }
    ++taken;
    relay.release();
  }};
  relay.wait_until_taken();
  EXPECT_EQ(taken, 4);
  taker.join();
}

}  // namespace
}  // namespace md
