#include "net/loop.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace md::net {
namespace {

TEST(Timer, CallsOnceAndLater) {
  Loop loop;
  int calls = 0;
  Timer timer{loop};
  Timer end{loop};
  timer.start(1, [&] { ++calls; });
  EXPECT_TRUE(timer.running());
  EXPECT_EQ(calls, 0);
  end.start(20, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(calls, 1);
  EXPECT_FALSE(timer.running());
}

TEST(Timer, RestartingReplacesTheCall) {
  Loop loop;
  std::string calls;
  Timer timer{loop};
  timer.start(1, [&] { calls += 'a'; });
  timer.start(2, [&] {
    calls += 'b';
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(calls, "b");
}

TEST(Timer, DestroyedWhenDueIsNotCalled) {
  Loop loop;
  std::optional<Timer> victim{std::in_place, loop};
  Timer killer{loop};
  bool called = false;
  // Both are due when the loop looks: the first takes the second back.
  killer.start(0, [&] { victim.reset(); });
  victim->start(0, [&] { called = true; });
  std::this_thread::sleep_for(std::chrono::milliseconds{2});
  Timer end{loop};
  end.start(5, [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(called);
}

TEST(Timer, MayDestroyItself) {
  Loop loop;
  auto timer = std::make_unique<Timer>(loop);
  timer->start(0, [&] {
    timer.reset();
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(timer, nullptr);
}

TEST(Loop, TakesWorkFromOtherThreadsAndRunsAgain) {
  Loop loop;
  for (int round = 0; round < 3; ++round) {
    std::thread::id ran;
    std::thread other{[&] {
      loop.post([&] {
        ran = std::this_thread::get_id();
        loop.stop();
      });
    }};
    loop.run();
    other.join();
    EXPECT_EQ(ran, std::this_thread::get_id());
  }
}

}  // namespace
}  // namespace md::net
