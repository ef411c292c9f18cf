#include "dedupe/day_list.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace md::dedupe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::string trade(std::string_view date) {
  return fmt::format(
      R"({{"type":"trade","symbol":"X","exchange":"bitstamp","id":"1","price":1,"amount":2,"side":"buy","timestamp":"{}T10:00:00.000000Z","localTimestamp":"2024-05-20T10:00:00.000000Z"}})"
      "\n",
      date);
}

class DayListTest : public testing::Test {
 protected:
  DayListTest() { std::filesystem::create_directories(directory_); }
  ~DayListTest() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, const std::string& content) const {
    const std::string path = directory_ + "/" + name;
    std::ofstream{path} << content;
    return path;
  }
  void list(const std::vector<std::string>& files) {
    const auto recordings = find_recordings(files);
    ASSERT_TRUE(recordings);
    const auto done = list_days(
        *recordings,
        [this](const Error&, std::string_view) -> Result<void> {
          ++rejected_;
          return {};
        },
        [this](const std::string&, const DayCounts& days) -> Result<void> {
          found_.push_back(days);
          return {};
        },
        stop_);
    ASSERT_TRUE(done);
  }

  std::string directory_ =
      std::filesystem::temp_directory_path() / fmt::format("day_list_test.{}", ::getpid());
  std::vector<DayCounts> found_;
  int rejected_ = 0;
  std::atomic<bool> stop_ = false;
};

TEST_F(DayListTest, CountsByTheDayOfTheEventNotOfItsReceipt) {
  list({file("a", trade("2024-05-19") + trade("2024-05-20") + trade("2024-05-19")), file("b", "")});
  ASSERT_EQ(found_.size(), 2);
  EXPECT_THAT(found_[0], ElementsAre(Pair(19'862, 2), Pair(19'863, 1)));
  EXPECT_THAT(found_[1], IsEmpty());
}

TEST_F(DayListTest, GoesOnAfterBadLines) {
  list({file("a", "{\n" + trade("2024-05-20"))});
  ASSERT_EQ(found_.size(), 1);
  EXPECT_THAT(found_[0], ElementsAre(Pair(19'863, 1)));
  EXPECT_EQ(rejected_, 1);
}

TEST_F(DayListTest, ToldToStopItSaysNothingOfAFileHalfRead) {
  stop_ = true;
  list({file("a", trade("2024-05-20"))});
  EXPECT_THAT(found_, IsEmpty());
}

}  // namespace
}  // namespace md::dedupe
