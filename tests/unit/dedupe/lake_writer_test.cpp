// What is written, and what is left alone.
#include "dedupe/lake_writer.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "codec/line_reader.hpp"

namespace md::dedupe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Lines = std::vector<std::string>;

constexpr Micros kMorning = 1'716'199'200'000'000;  // 2024-05-20T10:00:00Z
constexpr std::int64_t kDate = 19'863;

class LakeWriterTest : public testing::Test {
 protected:
  ~LakeWriterTest() override { std::filesystem::remove_all(directory_); }

  std::string path(std::string_view type, std::string_view symbol) const {
    return fmt::format("{}/exchange=bitstamp/type={}/symbol={}/date=2024-05-20.ndjson.zst",
                       directory_, type, symbol);
  }
  static Lines lines_of(const std::string& file) {
    Lines lines;
    auto reader = codec::LineReader::open(file);
    if (!reader) return {"cannot be read"};
    std::string_view line;
    while (reader->next(line) == codec::LineReader::Read::line) lines.emplace_back(line);
    return lines;
  }
  static ino_t inode(const std::string& file) {
    struct stat about {};
    return ::stat(file.c_str(), &about) == 0 ? about.st_ino : 0;
  }

  // A merge of the day: trades, and disconnects of the connection.
  void merge(const Lines& trades, const Lines& disconnects, bool replace = true) {
    auto lake = LakeWriter::open({directory_, {kDate}, replace});
    ASSERT_TRUE(lake) << lake.error().text();
    const Stream trade{0, 0, Type::trade, Rule::id, false, false, "bitstamp", "X"};
    const Stream lost{1, 1, Type::disconnect, Rule::outage, false, false, "bitstamp", ""};
    for (const std::string& text : trades) write(**lake, trade, text);
    for (const std::string& text : disconnects) write(**lake, lost, text);
    const auto done = (*lake)->finish();
    ASSERT_TRUE(done) << done.error().text();
    kept_ = (*lake)->files_kept();
  }

  std::string directory_ =
      std::filesystem::temp_directory_path() / fmt::format("lake_writer_test.{}", ::getpid());
  std::size_t kept_ = 0;

 private:
  static void write(LakeWriter& lake, const Stream& stream, std::string text) {
    const std::size_t size = text.size();
    text.resize(size + codec::kPadding);
    const auto written =
        lake.write(stream, {std::string_view(text).substr(0, size), kMorning, kMorning});
    ASSERT_TRUE(written) << written.error().text();
  }
};

const std::string kLost =
    R"({"type":"disconnect","exchange":"bitstamp","symbols":["X"],"localTimestamp":"2024-05-20T10:00:00.000000Z"})";

TEST_F(LakeWriterTest, LeavesAFileOfTheSameLinesAlone) {
  merge({"1", "2"}, {});
  const ino_t before = inode(path("trade", "X"));
  merge({"1", "2"}, {});
  EXPECT_EQ(inode(path("trade", "X")), before);
  EXPECT_EQ(kept_, 1);
  EXPECT_FALSE(std::filesystem::exists(path("trade", "X") + ".part"));
}

TEST_F(LakeWriterTest, WritesAnewWhatDiffersOrIsDamaged) {
  merge({"1", "2"}, {});
  for (const Lines& lines : {Lines{"1"}, Lines{"1", "3"}, Lines{"1", "3", "4"}}) {
    merge(lines, {});
    EXPECT_EQ(lines_of(path("trade", "X")), lines);
    EXPECT_EQ(kept_, 0);
  }
  std::filesystem::resize_file(path("trade", "X"), 9);
  merge({"1", "3", "4"}, {});
  EXPECT_THAT(lines_of(path("trade", "X")), ElementsAre("1", "3", "4"));
}

TEST_F(LakeWriterTest, EmptiesTheOutagesThatAreNoneAnyMore) {
  merge({"1"}, {kLost});
  EXPECT_THAT(lines_of(path("disconnect", "_")), ElementsAre(kLost));
  merge({"1"}, {});
  EXPECT_THAT(lines_of(path("disconnect", "_")), IsEmpty());
  const ino_t before = inode(path("disconnect", "_"));
  merge({"1"}, {});
  EXPECT_EQ(inode(path("disconnect", "_")), before);
}

// No line of an exchange is no reason to think that its recordings were there.
TEST_F(LakeWriterTest, LeavesOutagesOfOtherExchangesAlone) {
  merge({"1"}, {kLost});
  merge({}, {});
  EXPECT_THAT(lines_of(path("disconnect", "_")), ElementsAre(kLost));
}

}  // namespace
}  // namespace md::dedupe
