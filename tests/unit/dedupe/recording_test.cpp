#include "dedupe/recording.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "codec/output.hpp"

namespace md::dedupe {
namespace {

using testing::ElementsAre;

class ReelReaderTest : public testing::Test {
 protected:
  ReelReaderTest() { std::filesystem::create_directories(directory_); }
  ~ReelReaderTest() override { std::filesystem::remove_all(directory_); }

  std::string trade(int id) {
    return fmt::format(
        R"({{"type":"trade","symbol":"X","exchange":"binance","id":"{}","price":{}.5,"amount":{}.25,)"
        R"("side":"buy","timestamp":"2026-05-20T10:00:00.000000Z","localTimestamp":"2026-05-20T10:00:00.000000Z"}})",
        id, random_() >> 12, random_() >> 12);
  }
  // A file of so many trades; `id` counts on.
  std::string file(const std::string& name, int trades) {
    const std::string path = directory_ + "/" + name;
    codec::Output::Options options;
    options.frame_size = 50'000;
    auto out = codec::Output::open(path, options).value();
    for (int i = 0; i < trades; ++i) EXPECT_TRUE(out.write(trade(++id_) + "\n"));
    EXPECT_TRUE(out.finish());
    return path;
  }
  // What a reel gives: "ID" of a line, "rejected FILE:LINE" of one that is none, "damage".
  static std::vector<std::string> read(const Reel& reel, int threads) {
    std::vector<std::string> out;
    const Reject reject = [&](const Error& error, std::string_view line) -> Result<void> {
      const std::string name = std::filesystem::path(error.file).filename();
      out.push_back(line.empty() ? "damage" : fmt::format("rejected {}:{}", name, error.line));
      return {};
    };
    ReelReader reader{reel, threads};
    while (true) {
      const auto more = reader.next(reject);
      if (!more) out.push_back(more.error().message);
      if (!more || !*more) return out;
      out.emplace_back(reader.key().id);
    }
  }

  const std::string directory_ =
      fmt::format("{}/md-reel-test.{}", std::filesystem::temp_directory_path().string(), getpid());
  std::mt19937_64 random_{7};
  int id_ = 0;
};

TEST_F(ReelReaderTest, LinesOfAllFilesComeInOrderReadAheadOrNot) {
  const Reel reel{3, {file("a.zst", 20000), file("b.zst", 1), file("c.zst", 20000)}};
  ASSERT_GT(std::filesystem::file_size(reel.files[0]), 256U << 10) << "worth a thread";
  const auto lines = read(reel, 2);
  ASSERT_EQ(lines.size(), 40001U);
  for (int i = 0; i < 40001; ++i)
    ASSERT_EQ(lines[static_cast<std::size_t>(i)], std::to_string(i + 1));
  EXPECT_EQ(read(reel, 1), lines);
  EXPECT_EQ(read(reel, 0), lines);
  EXPECT_EQ(ReelReader{reel}.recorder(), 3);
}

TEST_F(ReelReaderTest, WhatIsNoEventIsRejectedWhereItStands) {
  const std::string path = directory_ + "/a.ndjson";
  auto out = codec::Output::open(path).value();
  const std::string spelled_otherwise =
      R"({ "type":"trade", "symbol":"X","exchange":"binance","id":"2","price":1,"amount":1,"side":"buy",)"
      R"("timestamp":"2026-05-20T10:00:00.000000Z","localTimestamp":"2026-05-20T10:00:00.000000Z"})";
  ASSERT_TRUE(out.write(trade(1) + "\n\nnonsense\n"));
  ASSERT_TRUE(out.write(spelled_otherwise + "\n" + std::string(1 << 20, 'x') + "\n" + trade(3)));
  ASSERT_TRUE(out.finish());
  // The second trade's key is the full reader's, the others' the scan's.
  EXPECT_THAT(read({0, {path}}, 2),
              ElementsAre("1", "rejected a.ndjson:3", "2", "rejected a.ndjson:5", "3"));
}

TEST_F(ReelReaderTest, AfterDamageTheRestOfTheFileAndTheNextFileAreRead) {
  const std::string first = file("a.zst", 20000);
  const auto size = std::filesystem::file_size(first);
  std::filesystem::resize_file(first, size - 20);
  const Reel reel{0, {first, file("b.zst", 1)}};
  const auto lines = read(reel, 2);
  EXPECT_EQ(lines.back(), "20001");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "damage"), 1);
  EXPECT_EQ(lines, read(reel, 1));
  EXPECT_EQ(lines, read(reel, 0));
}

TEST_F(ReelReaderTest, AMissingFileEndsIt) {
  const Reel reel{0, {file("a.zst", 20000), directory_ + "/missing"}};
  for (const int threads : {0, 1, 2}) {
    const auto lines = read(reel, threads);
    ASSERT_EQ(lines.size(), 20001U);
    EXPECT_NE(lines.back().find("cannot open"), std::string::npos) << lines.back();
  }
}

TEST_F(ReelReaderTest, MayBeLeftInTheMiddle) {
  ReelReader reader{{0, {file("a.zst", 20000)}}};
  EXPECT_TRUE(reader.next([](const Error&, std::string_view) { return Result<void>{}; }).value());
}

}  // namespace
}  // namespace md::dedupe
