// What depends on a terminal, with a pretended one in place of a descriptor.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "front/front.hpp"
#include "front/progress.hpp"

namespace front {
namespace {

const std::atomic<bool> kNeverStop{false};

// A pseudo-terminal that stands in for a descriptor until it goes out of scope.
class Terminal {
 public:
  explicit Terminal(int descriptor) : descriptor_{descriptor}, saved_{dup(descriptor)} {
    controller_ = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(controller_);
    unlockpt(controller_);
    const int terminal = open(ptsname(controller_), O_RDWR | O_NOCTTY);
    dup2(terminal, descriptor_);
    close(terminal);
  }
  ~Terminal() {
    dup2(saved_, descriptor_);
    close(saved_);
    close(controller_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // What was written and not yet seen.
  std::string text() const {
    std::string all;
    pollfd readable{controller_, POLLIN, 0};
    while (poll(&readable, 1, 50) == 1 && (readable.revents & POLLIN) != 0) {
      char bytes[4096];
      const ssize_t size = read(controller_, bytes, sizeof bytes);
      if (size <= 0) break;
      all.append(bytes, static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  int descriptor_;
  int saved_;
  int controller_ = -1;
};

// Long enough for the line to be shown.
void work(Progress& progress) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{250};
  while (std::chrono::steady_clock::now() < end) progress.update(50, 200);
}

TEST(ProgressTest, IsShownOnATerminalAndTakenAwayAtTheEnd) {
  const Terminal terminal{STDERR_FILENO};
  {
    Progress progress{{.tool = "mdtry", .stop = kNeverStop}, "bytes"};
    work(progress);
    const std::string shown = terminal.text();
    EXPECT_TRUE(shown.starts_with("\rmdtry: 50 bytes (25%), ")) << shown;
    EXPECT_EQ(shown.find('\n'), std::string::npos) << shown;
  }
  EXPECT_EQ(terminal.text(), "\r\033[K");
}

TEST(ProgressTest, GivesWayToMessages) {
  const Terminal terminal{STDERR_FILENO};
  const Context context{.tool = "mdtry", .stop = kNeverStop};
  Progress progress{context, "bytes"};
  work(progress);
  (void)terminal.text();
  context.warn("careful");
  EXPECT_EQ(terminal.text(), "\r\033[Kmdtry: careful\r\n");
}

TEST(ProgressTest, IsSilentWithoutATerminalAndWhenQuiet) {
  testing::internal::CaptureStderr();
  {
    Progress progress{{.tool = "mdtry", .stop = kNeverStop}, "bytes"};
    work(progress);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");

  const Terminal terminal{STDERR_FILENO};
  {
    Progress progress{{.tool = "mdtry", .stop = kNeverStop, .quiet = true}, "bytes"};
    work(progress);
  }
  EXPECT_EQ(terminal.text(), "");
}

TEST(RefuseTerminalTest, OnlyCompressedBytesOnATerminal) {
  using md::codec::Compression;
  const auto refused = [](const char* path, Compression compression) {
    const auto result = refuse_terminal(path, compression);
    return !result && result.error().code == md::Errc::usage;
  };
  bool on_terminal, plain, file;
  {
    const Terminal terminal{STDOUT_FILENO};
    on_terminal = refused("-", Compression::zstd);
    plain = refused("-", Compression::none);
    file = refused("x.zst", Compression::zstd);
  }
  EXPECT_TRUE(on_terminal);
  EXPECT_FALSE(plain);
  EXPECT_FALSE(file);
}

}  // namespace
}  // namespace front
