#include "store/load_files.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace md::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const DayTable kDay{Table::trade, 20'777};

// What the workers of a test share: what is to become of a file, and what was done.
struct Outcomes {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Errc> failing;
  std::size_t at_once = 1;  // loads that must be under way before any of them ends
  std::size_t arrived = 0;
  std::vector<std::string> loaded;
  std::vector<DayTable> finished;
};

class FakeWorker final : public LoadWorker {
 public:
  explicit FakeWorker(Outcomes& shared) : shared_(shared) {}

  Result<Load> load(const std::string& path) override {
    std::unique_lock lock(shared_.mutex);
    ++shared_.arrived;
    shared_.changed.notify_all();
    shared_.changed.wait(lock, [&] { return shared_.arrived >= shared_.at_once; });
    if (const auto failing = shared_.failing.find(path); failing != shared_.failing.end())
      return Error{failing->second, path};
    shared_.loaded.push_back(path);
    fresh_.push_back(kDay);
    return Load{.id = 1, .rows = path.size()};
  }
  std::vector<DayTable> take_fresh_days() override { return std::exchange(fresh_, {}); }
  Result<void> finish_day(const DayTable& day) override {
    const std::lock_guard lock(shared_.mutex);
    if (shared_.failing.contains("day")) return Error{shared_.failing["day"], "day"};
    shared_.finished.push_back(day);
    return {};
  }
  Result<void> finish_leftovers() override { return {}; }

 private:
  Outcomes& shared_;
  std::vector<DayTable> fresh_;
};

class LoadFiles : public testing::Test {
 protected:
  void load(std::vector<std::string> files, int jobs) {
    std::vector<std::unique_ptr<LoadWorker>> workers;
    for (int i = 0; i < jobs; ++i) workers.push_back(std::make_unique<FakeWorker>(database));
    load_files(
        std::move(files), workers, stop,
        {.reject = {},
         .loaded = [&](const std::string& path,
                       const Load& load) { told.push_back(fmt::format("{} {}", path, load.rows)); },
         .failed = [&](const std::string& path,
                       const Error& error) { told.push_back(path + ": " + error.message); }});
  }

  Outcomes database;
  std::atomic<bool> stop{false};
  std::vector<std::string> told;
};

std::vector<std::string> names(int count) {
  std::vector<std::string> files;
  for (int i = 0; i < count; ++i) files.push_back(fmt::format("{:03}.ndjson", i));
  return files;
}

TEST_F(LoadFiles, TellsInTheOrderOfTheFilesWhoeverIsFaster) {
  for (const int jobs : {1, 4, 16}) {
    told.clear();
    database.finished.clear();
    load(names(200), jobs);
    std::vector<std::string> expected;
    for (const std::string& file : names(200)) expected.push_back(file + " 10");
    EXPECT_EQ(told, expected) << jobs;
    EXPECT_THAT(database.finished, ElementsAre(kDay)) << jobs;
  }
}

TEST_F(LoadFiles, LoadsSeveralAtOnce) {
  database.at_once = 3;  // with fewer at a time this would never end
  load(names(3), 3);
  EXPECT_EQ(told.size(), 3u);
}

TEST_F(LoadFiles, OneBadFileKeepsNoOtherOut) {
  database.failing["001.ndjson"] = Errc::exists;
  load(names(3), 2);
  EXPECT_THAT(told, ElementsAre("000.ndjson 10", "001.ndjson: 001.ndjson", "002.ndjson 10"));
}

TEST_F(LoadFiles, AnErrorThatEndsTheRunDoes) {
  database.failing["001.ndjson"] = Errc::config;
  load(names(5), 1);
  EXPECT_THAT(told, ElementsAre("000.ndjson 10", "001.ndjson: 001.ndjson"));
  EXPECT_THAT(database.finished, ElementsAre(kDay));
}

TEST_F(LoadFiles, NothingIsAskedOfADatabaseThatIsAway) {
  database.failing["001.ndjson"] = Errc::unavailable;
  load(names(5), 1);
  EXPECT_EQ(told.size(), 2u);
  EXPECT_THAT(database.finished, IsEmpty());
}

TEST_F(LoadFiles, DaysThatCannotBeFinishedAreToldAtTheEnd) {
  database.failing["day"] = Errc::io;
  load(names(2), 2);
  EXPECT_THAT(told, ElementsAre("000.ndjson 10", "001.ndjson 10", ": day"));
}

TEST_F(LoadFiles, NoneIsBegunOnceStopped) {
  stop = true;
  load(names(5), 2);
  EXPECT_THAT(told, IsEmpty());
  EXPECT_THAT(database.loaded, IsEmpty());
}

TEST_F(LoadFiles, NoFilesNoWork) {
  load({}, 4);
  EXPECT_THAT(told, IsEmpty());
}

// Standard input is read by the thread that signals come to.
TEST_F(LoadFiles, PipesAreReadByTheCallingThread) {
  class Watching final : public LoadWorker {
   public:
    Watching(std::mutex& mutex, std::map<std::string, std::thread::id>& by)
        : mutex_(mutex), by_(by) {}
    Result<Load> load(const std::string& path) override {
      const std::lock_guard lock(mutex_);
      by_[path] = std::this_thread::get_id();
      return Load{};
    }
    std::vector<DayTable> take_fresh_days() override { return {}; }
    Result<void> finish_day(const DayTable&) override { return {}; }
    Result<void> finish_leftovers() override { return {}; }

   private:
    std::mutex& mutex_;
    std::map<std::string, std::thread::id>& by_;
  };
  std::mutex mutex;
  std::map<std::string, std::thread::id> by;
  std::vector<std::unique_ptr<LoadWorker>> workers;
  for (int i = 0; i < 4; ++i) workers.push_back(std::make_unique<Watching>(mutex, by));
  std::vector<std::string> files = names(20);
  files.emplace_back("-");
  files.emplace_back("/dev/null");
  load_files(std::move(files), workers, stop,
             {.reject = {},
              .loaded = [](const std::string&, const Load&) {},
              .failed = [](const std::string&, const Error&) {}});
  EXPECT_EQ(by.size(), 22u);
  EXPECT_EQ(by["-"], std::this_thread::get_id());
  EXPECT_EQ(by["/dev/null"], std::this_thread::get_id());
}

}  // namespace
}  // namespace md::store
