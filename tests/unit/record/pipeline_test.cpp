#include "record/pipeline.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "record/collector.hpp"

namespace md::record {
namespace {

TEST(Pipeline, FlushesWithinTheTimePromised) {
  using std::chrono::milliseconds;
  const std::chrono::steady_clock::time_point start{};
  const auto begin = [&](int written_ms, int last_flush_ms) {
    return flush_begin(start, start + milliseconds{written_ms}, milliseconds{1000},
                       milliseconds{last_flush_ms}) -
           start;
  };
  // Written at once: the flush ends in time if it takes twice as long as the last.
  EXPECT_EQ(begin(0, 0), milliseconds{1000});
  EXPECT_EQ(begin(1, 50), milliseconds{900});
  // It waited in the queue: that time counts.
  EXPECT_EQ(begin(600, 50), milliseconds{900});
  // A disk that takes longer than all the time there is gets half of it to gather lines.
  EXPECT_EQ(begin(0, 5000), milliseconds{500});
  // Behind: late anyhow, so some batches are gathered.
  EXPECT_EQ(begin(3000, 50), milliseconds{3250});
}

TEST(Pipeline, WritesAllInOrderAndCloses) {
  Collector to;
  Pipeline pipeline{to.destination(), {}};
  std::vector<std::string> expected;
  for (int i = 0; i < 10'000; ++i) {
    pipeline.submit(fmt::format("{}\n", i), i);
    expected.push_back(std::to_string(i));
  }
  ASSERT_TRUE(pipeline.finish(10'000));
  EXPECT_EQ(to.lines(), expected);
  EXPECT_TRUE(to.closed());
}

TEST(Pipeline, BatchesOfAnySizeAreWrittenAsTheyCame) {
  Collector to;
  to.with_files();
  Pipeline pipeline{to.destination(), {}};
  std::vector<std::string> expected;
  for (const std::size_t size : {1, 200'000, 100'000, 1'000'000, 1, 262'143, 262'144, 1, 300'000}) {
    expected.emplace_back(size, static_cast<char>('a' + expected.size()));
    pipeline.submit(expected.back() + "\n", 0);
  }
  ASSERT_TRUE(pipeline.finish(10'000));
  EXPECT_EQ(to.lines(), expected);
}

TEST(Pipeline, IsFullUntilHalfIsWritten) {
  Collector to;
  to.block();
  Pipeline pipeline{to.destination(), {.limit = 100}};
  EXPECT_FALSE(pipeline.full());
  for (int i = 0; i < 10; ++i) pipeline.submit("123456789\n", 0);
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
  pipeline.submit("a\n", 0);
  to.wait_flushes(1);  // without anything more being submitted
  pipeline.submit("b\n", 0);
  to.wait_flushes(2);
  EXPECT_TRUE(pipeline.finish(10'000));
}

TEST(Pipeline, FlushesNothingTwice) {
  Collector to;
  Pipeline pipeline{to.destination(), {.flush_ms = 1}};
  pipeline.submit("a\n", 0);
  to.wait_flushes(1);
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  EXPECT_EQ(to.flushes(), 1);
  EXPECT_TRUE(pipeline.finish(10'000));
}

TEST(Pipeline, TellsOfAFailureAndWhatWasLost) {
  Collector to;
  to.fail();
  Pipeline pipeline{to.destination(), {}};
  pipeline.submit("12345\n", 0);
  while (!pipeline.failure()) std::this_thread::yield();
  pipeline.submit("6789\n", 0);
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
  pipeline.submit("12345\n", 0);
  const auto finished = pipeline.finish(20);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Errc::io);
  EXPECT_EQ(finished.error().message,
            "gave up writing: the output takes nothing more (6 bytes of lines lost)");
  to.unblock();
  EXPECT_TRUE(pipeline.finish(10'000)) << "the thread must be gone before its destination is";
}

// A destination of files that fails; nothing of it counts as written.
TEST(Pipeline, TriesAgainAndLosesNothingOnceThereIsRoom) {
  Collector to;
  to.with_files();
  Pipeline pipeline{to.destination(), {.flush_ms = 1, .retry_ms = 60'000, .pause_ms = 1}};
  pipeline.submit("flushed\n", 0);
  to.wait_flushes(1);
  to.fail();
  pipeline.submit("1\n", 0);
  pipeline.submit("2\n", 0);
  std::vector<std::string> notices;
  while (notices.empty()) notices = pipeline.take_notices();
  EXPECT_THAT(notices, testing::ElementsAre(
                           "cannot write 'test': No space left on device: trying again for 60 s"));
  pipeline.submit("3\n", 0);
  EXPECT_FALSE(pipeline.failure());
  to.mend();
  to.wait_flushes(2);
  EXPECT_TRUE(pipeline.finish(10'000));
  EXPECT_THAT(to.lines(), testing::ElementsAre("flushed", "1", "2", "3"));
  EXPECT_THAT(pipeline.take_notices(), testing::ElementsAre("writing again: nothing was lost"));
  EXPECT_EQ(to.loss(), "");
}

TEST(Pipeline, WritesAgainWhatWasWrittenButNotFlushed) {
  Collector to;
  to.with_files();
  Pipeline pipeline{to.destination(), {.flush_ms = 60'000, .retry_ms = 60'000, .pause_ms = 1}};
  pipeline.submit("1\n", 0);
  while (to.lines().empty()) std::this_thread::yield();
  to.fail();
  pipeline.submit("2\n", 0);
  while (!to.lines().empty()) std::this_thread::yield();  // taken back
  to.mend();
  EXPECT_TRUE(pipeline.finish(10'000));
  EXPECT_THAT(to.lines(), testing::ElementsAre("1", "2"));
}

TEST(Pipeline, GivesUpAfterItsPatienceAndRecordsTheLoss) {
  Collector to;
  to.with_files();
  to.fail();
  Pipeline::Options options{.retry_ms = 20, .pause_ms = 1, .clock = [] { return Micros{900}; }};
  options.describe_loss = [](Buffer& out, const Loss& loss) {
    out.append(fmt::format("{} to {}\n", loss.first, loss.last));
  };
  Pipeline pipeline{to.destination(), options};
  pipeline.submit("1\n", 100);
  while (!pipeline.failure()) std::this_thread::yield();
  pipeline.submit("2\n", 200);
  const auto finished = pipeline.finish(10'000);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().message,
            "cannot write 'test': No space left on device (4 bytes of lines lost)");
  EXPECT_EQ(to.loss(), "100 to 900\n");
}

TEST(Pipeline, EndsAtOnceWhenToldToWhileItCannotWrite) {
  Collector to;
  to.with_files();
  to.fail();
  Pipeline pipeline{to.destination(), {.retry_ms = 3'600'000, .pause_ms = 3'600'000}};
  pipeline.submit("1\n", 0);
  while (pipeline.take_notices().empty()) std::this_thread::yield();
  EXPECT_FALSE(pipeline.finish(60'000));
}

TEST(Pipeline, ClosesAQuietFileThatIsDue) {
  Collector to;
  to.with_files();
  Pipeline pipeline{to.destination(), {.look_ms = 1}};
  pipeline.submit("a\n", 0);
  to.wait_flushes(1);
  EXPECT_FALSE(to.closed());
  to.make_due();
  to.wait_closed();  // without anything more being submitted
  EXPECT_TRUE(pipeline.finish(10'000));
}

TEST(Pipeline, FlushesBeforeMuchIsKept) {
  Collector to;
  to.with_files();
  Pipeline pipeline{to.destination(), {.limit = 80, .flush_ms = 3'600'000}};
  pipeline.submit("123456789\n", 0);
  to.wait_flushes(1);
  EXPECT_TRUE(pipeline.finish(10'000));
}

}  // namespace
}  // namespace md::record
