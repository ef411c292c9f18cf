#include "front/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace front {
namespace {

std::atomic<bool> stopped{false};
std::atomic<bool> hung_up{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");
volatile sig_atomic_t stop_signal = 0;

void on_stop(int number) {
  if (stopped.exchange(true)) {  // the second: die by it, when this handler returns
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  stop_signal = number;
}

void on_hangup(int) { hung_up = true; }

}  // namespace

void open_missing_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // The other direction than theirs: EBADF on use, as if still closed. open() takes the lowest
    // free number.
    (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

void catch_signals(bool endless) {
  struct sigaction action {};
  action.sa_handler = on_stop;  // no SA_RESTART: a blocked read or poll returns
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  // Also where a parent had them ignored: a script's background job can be told to stop.
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  if (endless) signal(SIGPIPE, SIG_IGN);

  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &ours, nullptr);  // a parent may have left them blocked
}

const std::atomic<bool>& stop_flag() { return stopped; }

std::atomic<bool>& catch_hangup() {
  struct sigaction action {};
  action.sa_handler = on_hangup;
  action.sa_flags = SA_RESTART;  // nothing at hand is to end
  sigemptyset(&action.sa_mask);
  sigaction(SIGHUP, &action, nullptr);
  return hung_up;
}

void die_if_interrupted() {
  if (stop_signal == 0) return;
  signal(stop_signal, SIG_DFL);
  raise(stop_signal);
}

md::Result<void> close_stdout() {
  errno = 0;
  const bool failed_before = std::ferror(stdout) != 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int flush_error = errno;
  if (flushed && !failed_before && close(STDOUT_FILENO) == 0) return {};
  return md::system_error(md::Errc::io, "cannot write to standard output",
                          flushed ? (errno != 0 ? errno : EIO) : flush_error);
}

}  // namespace front
