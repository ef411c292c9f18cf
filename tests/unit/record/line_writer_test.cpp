#include "record/line_writer.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "codec/raw_json.hpp"
#include "record/collector.hpp"

namespace md::record {
namespace {

const RawLine kLine = [] {
  RawLine line;
  line.kind = RawKind::connect;
  line.exchange = "test";
  line.local_timestamp = 1;
  return line;
}();

// A writer of lines, its loop, and a turn of that: what is due is done.
class Feed {
 public:
  explicit Feed(Collector& to) : pipeline{to.destination(), {}} {}

  void turn() {
    net::Timer after{loop};
    after.start(0, [this] { loop.stop(); });
    loop.run();
  }
  // Lines that come one at a time. Gives the most batches that gathering makes of them, however
  // slow the machine is.
  int feed(int count) {
    const std::int64_t begin = net::Loop::steady_ms();
    for (int i = 0; i < count; ++i) {
      lines.on_raw(kLine);
      turn();
    }
    const std::int64_t full = pipeline.stats().submitted / LineWriter::kBatchBytes;
    return static_cast<int>(2 + full + (net::Loop::steady_ms() - begin) / LineWriter::kBatchMs);
  }
  void finish() {
    lines.flush();
    EXPECT_TRUE(pipeline.finish(10'000));
  }

  net::Loop loop;
  Pipeline pipeline;
  LineWriter lines{loop, pipeline};
};

TEST(LineWriter, HandsOverAtOnceWhereNothingWaits) {
  Buffer line;
  codec::append_raw(line, kLine);
  Collector to;
  Feed feed{to};
  for (std::size_t i = 1; i <= 20; ++i) {
    feed.lines.on_raw(kLine);
    feed.turn();
    ASSERT_EQ(feed.pipeline.stats().submitted, i * line.size());
    while (to.lines().size() < i) std::this_thread::yield();
  }
  feed.finish();
}

TEST(LineWriter, GathersWhereOthersWait) {
  Collector to;
  to.block();
  Feed feed{to};
  const int most = 2 + feed.feed(2000);  // one under way, one that waits for it
  to.unblock();
  feed.finish();
  EXPECT_EQ(to.lines().size(), 2000u);
  EXPECT_LE(to.writes(), most);
}

TEST(LineWriter, GathersForFiles) {
  Collector to;
  to.with_files();
  Feed feed{to};
  const int most = feed.feed(2000);
  feed.finish();
  EXPECT_EQ(to.lines().size(), 2000u);
  EXPECT_LE(to.writes(), most);
}

}  // namespace
}  // namespace md::record
