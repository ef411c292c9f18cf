#include "record/reporter.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "net/http.hpp"
#include "record/manager.hpp"

namespace md::record {
namespace {

namespace fs = std::filesystem;

std::string contents(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class ReporterTest : public testing::Test {
 protected:
  ReporterTest() {
    snapshot.venue = "kraken";
    std::string name = testing::TempDir() + "md-reporter.XXXXXX";
    directory = mkdtemp(name.data());
  }
  ~ReporterTest() override { fs::remove_all(directory); }

  auto create(const Reporter::Options& options) {
    return Reporter::create(
        loop, options, [this] { return Reporter::Snapshots{snapshot}; }, log);
  }
  // Runs the loop until `done`, looking every few milliseconds.
  void run_until(const std::function<bool()>& done) {
    net::Timer look{loop};
    const std::int64_t begin = net::Loop::steady_ms();
    std::function<void()> again = [&] {
      if (done()) return loop.stop();
      if (net::Loop::steady_ms() - begin > 10'000) {
        ADD_FAILURE() << "waited in vain";
        return loop.stop();
      }
      look.start(2, again);
    };
    again();
    loop.run();
  }

  std::string directory;
  net::Loop loop;
  Snapshot snapshot;
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
  Log log{[this](std::string_view text) { warnings.emplace_back(text); },
          [this](std::string_view text) { notes.emplace_back(text); }};
};

TEST_F(ReporterTest, NotesHowFarManyBooksAre) {
  snapshot.books = {60, 11};
  const auto reporter = create({.period_ms = 1, .many_books = 50, .progress_ms = 5});
  ASSERT_TRUE(reporter);
  EXPECT_TRUE(notes.empty());  // 49 are not many
  snapshot.books = {100, 11};
  run_until([&] { return notes.size() == 1; });
  EXPECT_EQ(notes[0], "kraken books: 11 of 100 have their snapshot");
  snapshot.books = {100, 80};
  run_until([&] { return notes.size() == 3; });
  EXPECT_EQ(notes[1], "kraken books: 80 of 100 have their snapshot");
  snapshot.books = {100, 100};
  run_until([&] { return notes.back() == "kraken books: 100 of 100 have their snapshot"; });
  const std::size_t said = notes.size();
  snapshot.books = {100, 90};
  const std::int64_t begin = net::Loop::steady_ms();
  run_until([&] { return net::Loop::steady_ms() - begin > 30; });
  EXPECT_EQ(notes.size(), said);
}

TEST_F(ReporterTest, ServesWhatIsCountedAtTheMoment) {
  const auto reporter = create({.metrics = "0"});
  ASSERT_TRUE(reporter) << reporter.error().message;
  const std::string url = (*reporter)->metrics_url();
  const net::Tls tls = *net::Tls::create();
  for (const std::uint64_t messages : {7u, 8u}) {
    snapshot.messages = messages;
    std::string body;
    int status = 0;
    net::HttpClient client{loop, tls, *net::Url::parse(url), {}};
    client.get("/metrics", [&](const Result<net::HttpReply>& reply) {
      if (reply) status = reply->status, body = reply->data();
    });
    run_until([&] { return status != 0; });
    EXPECT_EQ(status, 200);
    EXPECT_NE(
        body.find(fmt::format("\nmdrecord_messages_total{{venue=\"kraken\"}} {}\n", messages)),
        body.npos);
  }
}

TEST_F(ReporterTest, KeepsTheStatusFileUpToDate) {
  const std::string path = directory + "/status";
  const auto reporter = create({.status = path, .period_ms = 10});
  ASSERT_TRUE(reporter);
  EXPECT_EQ(contents(path).find("venue        kraken\n"), 0u) << "there from the start";
  snapshot.messages = 42;
  run_until([&] { return contents(path).find("messages     42, ") != std::string::npos; });
  snapshot.stopped = true;
  (*reporter)->finish();
  EXPECT_NE(contents(path).find("state        stopped\n"), std::string::npos);
  EXPECT_FALSE(fs::exists(path + ".part"));
  EXPECT_TRUE(warnings.empty());
}

TEST_F(ReporterTest, AStatusThatFailsLaterIsWarnedOfOnceAndTriedAgain) {
  const std::string path = directory + "/below/status";
  fs::create_directory(directory + "/below");
  const auto reporter = create({.status = path, .period_ms = 5});
  ASSERT_TRUE(reporter);
  fs::remove_all(directory + "/below");
  run_until([&] { return !warnings.empty(); });
  const std::int64_t begin = net::Loop::steady_ms();
  run_until([&] { return net::Loop::steady_ms() - begin > 50; });
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0], "cannot create '" + path + ".part': No such file or directory");
  fs::create_directory(directory + "/below");
  run_until([&] { return fs::exists(path); });
}

TEST_F(ReporterTest, TellsTheServiceManagerWhenItRunsAndThatItLives) {
  const std::string name = directory + "/notify";
  Reporter::Options options;
  options.manager = {name.c_str(), "10000", nullptr};
  const auto reporter = create(options);
  ASSERT_TRUE(reporter);
  {
    // The manager is late: what it did not hear is said again.
    net::Timer stop{loop};
    stop.start(20, [&] { loop.stop(); });
    loop.run();
  }
  const Manager manager{name};
  ASSERT_TRUE(manager.bound());
  std::vector<std::string> heard;
  run_until([&] {
    for (std::string text; !(text = manager.hear()).empty();) heard.push_back(text);
    return heard.size() >= 4;
  });
  EXPECT_EQ(heard[0], "READY=1\nWATCHDOG=1");
  EXPECT_EQ(heard[1], "WATCHDOG=1");
  while (!manager.hear().empty()) {
  }
  (*reporter)->reloading();
  EXPECT_TRUE(manager.hear().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  (*reporter)->reloaded();
  EXPECT_EQ(manager.hear(), "READY=1");
  snapshot.stopped = true;
  (*reporter)->stopping();
  EXPECT_EQ(manager.hear(), "STOPPING=1");
  (*reporter)->finish();
  EXPECT_EQ(manager.hear(), "STATUS=kraken: stopped; 0 of 0 connections open, 0 messages a second");
}

TEST_F(ReporterTest, RefusesWhatCannotWork) {
  const auto nowhere = create({.status = directory + "/none/status"});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Errc::create);
  const auto wrong = create({.metrics = "here"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::usage);
}

}  // namespace
}  // namespace md::record
