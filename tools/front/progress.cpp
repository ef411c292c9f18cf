#include "front/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

namespace front {
namespace {

std::atomic<bool> on_screen{false};

constexpr auto kBetween = std::chrono::milliseconds{200};

}  // namespace

Progress::Progress(const Context& context, std::string what)
    : tool_{context.tool},
      what_{std::move(what)},
      shown_{!context.quiet && isatty(STDERR_FILENO) == 1},
      start_{std::chrono::steady_clock::now()},
      next_{start_ + kBetween} {}

Progress::~Progress() { hide(); }

void Progress::hide() {
  if (on_screen.exchange(false)) std::fputs("\r\033[K", stderr);
}

void Progress::show(std::uint64_t done, std::uint64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kBetween;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::string line = fmt::format("\r{}: {} {}", tool_, done, what_);
  if (total != 0) {
    line +=
        fmt::format(" ({:.0f}%)", 100.0 * static_cast<double>(done) / static_cast<double>(total));
  }
  line += fmt::format(", {:.0f}/s\033[K", static_cast<double>(done) / seconds);
  on_screen = true;
  std::fputs(line.c_str(), stderr);
}

}  // namespace front
