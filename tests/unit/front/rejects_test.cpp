#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "front/front.hpp"

namespace front {
namespace {

const std::atomic<bool> kNeverStop{false};
const md::Error kBad{md::Errc::malformed, "not JSON", "x.ndjson", 3, 7};

Context context() { return Context{.tool = "mdtry", .stop = kNeverStop}; }

TEST(RejectLogTest, NothingRejectedIsTheOtherAnswer) {
  const Context ctx = context();
  auto log = RejectLog::open({}, ctx);
  ASSERT_TRUE(log);
  EXPECT_EQ(*log->finish(Answer::found), Answer::found);
}

TEST(RejectLogTest, BadLinesAreShownCountedAndToldAtTheEnd) {
  const Context ctx = context();
  auto log = RejectLog::open({}, ctx);
  ASSERT_TRUE(log);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(log->reject(kBad, "{\x1b[31m"));
  EXPECT_TRUE(log->reject(kBad, ""));
  EXPECT_TRUE(log->reject(kBad, std::string(1000, 'x')));
  const auto answer = log->finish(Answer::clean);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "mdtry: x.ndjson:3:7: not JSON: {\\x1b[31m\n"
            "mdtry: x.ndjson:3:7: not JSON\n"
            "mdtry: x.ndjson:3:7: not JSON: " +
                std::string(160, 'x') +
                "...\n"
                "mdtry: 3 bad lines left out\n");
  EXPECT_EQ(*answer, Answer::bad_data);
  EXPECT_EQ(log->count(), 3u);
}

TEST(RejectLogTest, StrictGivesTheErrorBack) {
  const Context ctx = context();
  auto log = RejectLog::open({.strict = true, .path = {}}, ctx);
  ASSERT_TRUE(log);
  const auto result = log->reject(kBad, "{");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, md::Errc::malformed);
}

TEST(RejectLogTest, FileKeepsWholeLinesAndWhatWasThere) {
  const Context ctx = context();
  const std::string path =
      (std::filesystem::temp_directory_path() / ("rejects_test." + std::to_string(getpid())))
          .string();
  std::ofstream{path} << "from an earlier run\n";
  testing::internal::CaptureStderr();
  {
    auto log = RejectLog::open({.strict = false, .path = path}, ctx);
    ASSERT_TRUE(log);
    EXPECT_TRUE(log->reject(kBad, std::string(1000, 'x')));
    EXPECT_EQ(*log->finish(Answer::clean), Answer::bad_data);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "mdtry: x.ndjson:3:7: not JSON\nmdtry: 1 bad line left out\n");
  std::ifstream in{path};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(text, "from an earlier run\n" + std::string(1000, 'x') + "\n");
  std::filesystem::remove(path);
}

TEST(RejectLogTest, FileThatCannotBeOpenedOrWrittenIsAnError) {
  const Context ctx = context();
  const auto log = RejectLog::open({.strict = false, .path = "/nonexistent/rejects"}, ctx);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, md::Errc::create);

  auto full = RejectLog::open({.strict = false, .path = "/dev/full"}, ctx);
  ASSERT_TRUE(full);
  testing::internal::CaptureStderr();
  const auto kept = full->reject(kBad, "x");
  testing::internal::GetCapturedStderr();
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, md::Errc::io);
}

}  // namespace
}  // namespace front
