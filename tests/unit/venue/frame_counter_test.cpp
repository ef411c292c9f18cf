#include "venue/frame_counter.hpp"

#include <gmock/gmock.h>

#include "session_probe.hpp"

namespace md::venue {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(FrameCounter, AHoleIsAGapAndANewConnection) {
  FrameCounter counter;
  Probe probe;
  for (const std::int64_t number : {7, 8, 9}) counter.on_number(number, probe);
  EXPECT_TRUE(probe.empty());
  counter.on_number(11, probe);
  EXPECT_THAT(probe.events, SizeIs(1));
  EXPECT_THAT(probe.requests, ElementsAre("reconnect hole in the connection's sequence"));
  counter.reset();
  counter.on_number(3, probe);
  EXPECT_THAT(probe.events, SizeIs(1));
}

// A broken frame may say anything: its number is only compared.
TEST(FrameCounter, TheLargestNumberHasNoSuccessor) {
  FrameCounter counter;
  Probe probe;
  counter.on_number(INT64_MAX, probe);
  counter.on_number(1, probe);
  EXPECT_THAT(probe.events, SizeIs(1));
}

}  // namespace
}  // namespace md::venue
