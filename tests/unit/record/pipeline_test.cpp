#include "record/pipeline.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

#include "record/collector.hpp"

namespace md::record {
namespace {

Buffer lines_of(std::string_view text) {
  Buffer buffer;
  buffer.append(text);
  return buffer;
}

TEST(Pipeline, WritesAllInOrderAndCloses) {
  Collector to;
  Pipeline pipeline{to.destination(), {}};
  std::vector<std::string> expected;
  for (int i = 0; i < 10'000; ++i) {
    Buffer lines = pipeline.take();
    EXPECT_TRUE(lines.empty());
    lines.append(fmt::format("{}\n", i));
    pipeline.submit(std::move(lines), i);
    expected.push_back(std::to_string(i));
  }
  ASSERT_TRUE(pipeline.finish(10'000));
  EXPECT_EQ(to.lines(), expected);
  EXPECT_TRUE(to.closed());
}

TEST(Pipeline, IsFullUntilHalfIsWritten) {
  Collector to;
  to.block();
  Pipeline pipeline{to.destination(), {.limit = 100}};
  EXPECT_FALSE(pipeline.full());
  for (int i = 0; i < 10; ++i) pipeline.submit(lines_of("123456789\n"), 0);
  EXPECT_TRUE(pipeline.full());
  EXPECT_FALSE(pipeline.has_room());
  to.unblock();
  while (!pipeline.has_room()) std::this_thread::yield();
  EXPECT_FALSE(pipeline.full());
  EXPECT_TRUE(pipeline.finish(10'000));
  EXPECT_EQ(to.lines().size(), 10u);
}

TEST(Pipeline, FlushesAQuietFeedToo) {
  Collector to;
  Pipeline pipeline{to.destination(), {.flush_ms = 10}};
  pipeline.submit(lines_of("a\n"), 0);
  to.wait_flushes(1);  // without anything more being submitted
  pipeline.submit(lines_of("b\n"), 0);
  to.wait_flushes(2);
  EXPECT_TRUE(pipeline.finish(10'000));
}

TEST(Pipeline, FlushesNothingTwice) {
  Collector to;
  Pipeline pipeline{to.destination(), {.flush_ms = 1}};
  pipeline.submit(lines_of("a\n"), 0);
  to.wait_flushes(1);
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  EXPECT_EQ(to.flushes(), 1);
  EXPECT_TRUE(pipeline.finish(10'000));
}

TEST(Pipeline, TellsOfAFailureAndWhatWasLost) {
  Collector to;
  to.fail();
  Pipeline pipeline{to.destination(), {}};
  pipeline.submit(lines_of("12345\n"), 0);
  while (!pipeline.failure()) std::this_thread::yield();
  pipeline.submit(lines_of("6789\n"), 0);
  const auto finished = pipeline.finish(10'000);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Errc::io);
  EXPECT_EQ(finished.error().message,
            "cannot write 'test': No space left on device (11 bytes of lines lost)");
  EXPECT_FALSE(to.closed());
}

TEST(Pipeline, GivesUpAReaderThatStopped) {
  Collector to;
  to.block();
  Pipeline pipeline{to.destination(), {}};
  pipeline.submit(lines_of("12345\n"), 0);
  const auto finished = pipeline.finish(20);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Errc::io);
  EXPECT_EQ(finished.error().message,
            "gave up writing: the output takes nothing more (6 bytes of lines lost)");
  to.unblock();
  EXPECT_TRUE(pipeline.finish(10'000)) << "the thread must be gone before its destination is";
}

}  // namespace
}  // namespace md::record
