#include "record/notifier.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "record/manager.hpp"

namespace md::record {
namespace {

TEST(Notifier, TellsByPathAndByAbstractName) {
  const std::string path = testing::TempDir() + "md-notify." + std::to_string(::getpid());
  for (const std::string& name : {path, "@md-notify." + std::to_string(::getpid())}) {
    const Manager manager{name};
    ASSERT_TRUE(manager.bound()) << name;
    const auto notifier = Notifier::create({.socket = name.c_str()});
    ASSERT_TRUE(notifier) << notifier.error().message;
    EXPECT_TRUE((*notifier)->tell("READY=1\nSTATUS=ok"));
    EXPECT_EQ(manager.hear(), "READY=1\nSTATUS=ok");
    EXPECT_EQ(manager.hear(), "");
  }
  ::unlink(path.c_str());
}

TEST(Notifier, NobodyListens) {
  const auto none = Notifier::create({});
  ASSERT_TRUE(none);
  EXPECT_FALSE((*none)->active());
  EXPECT_FALSE((*none)->tell("READY=1"));
  const auto gone = Notifier::create({.socket = "/nonexistent/md-notify"});
  ASSERT_TRUE(gone);
  EXPECT_TRUE((*gone)->active());
  EXPECT_FALSE((*gone)->tell("READY=1"));
}

TEST(Notifier, NeverWaitsForAManagerThatDoesNotRead) {
  const std::string name = "@md-notify-full." + std::to_string(::getpid());
  const Manager manager{name};
  const auto notifier = Notifier::create({.socket = name.c_str()});
  ASSERT_TRUE(notifier);
  int told = 0;
  while (told < 100'000 && (*notifier)->tell("WATCHDOG=1")) ++told;
  EXPECT_LT(told, 100'000);
  EXPECT_EQ(manager.hear(), "WATCHDOG=1");
  EXPECT_TRUE((*notifier)->tell("WATCHDOG=1"));
}

TEST(Notifier, RefusesWhatIsNoSocket) {
  const std::string long_one = "/" + std::string(200, 'x');
  for (const char* name : {"relative", "/", "vsock:2:1", long_one.c_str()}) {
    const auto notifier = Notifier::create({.socket = name});
    ASSERT_FALSE(notifier) << name;
    EXPECT_EQ(notifier.error().code, Errc::config);
  }
}

TEST(Notifier, ShowsLifeAtHalfTheTimeAllowed) {
  const auto interval = [](const char* usec, const std::string& pid) {
    return (*Notifier::create({"@x", usec, pid.empty() ? nullptr : pid.c_str()}))->watchdog_ms();
  };
  const std::string own = std::to_string(::getpid());
  EXPECT_EQ(interval("3000000", own), 1500);
  EXPECT_EQ(interval("3000000", ""), 1500);
  EXPECT_EQ(interval("100", own), 1);
  EXPECT_EQ(interval("3000000", "1"), 0) << "another process is watched";
  EXPECT_EQ(interval(nullptr, own), 0);
  EXPECT_EQ(interval("soon", own), 0);
  EXPECT_EQ(interval("0", own), 0);
}

}  // namespace
}  // namespace md::record
