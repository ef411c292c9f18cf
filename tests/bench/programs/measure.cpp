// measure - runs a command and says what it took.
//
//   measure RUNS REPORT COMMAND [ARGUMENT...]
//
// REPORT gets a line for each run: wall clock seconds, CPU seconds (user, system), peak resident
// KiB of the largest process, exit status (128 + signal if killed). The runs of one call follow
// each other. Small on purpose: a child of a large process begins with the memory of its parent on
// its account.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

bool run(char** command, std::FILE* report) {
  const auto begin = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (const int error = posix_spawnp(&child, command[0], nullptr, nullptr, command, environ);
      error != 0) {
    std::fprintf(stderr, "measure: cannot run '%s': %s\n", command[0], std::strerror(error));
    return false;
  }
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) return false;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::fprintf(report, "%.6f %.6f %.6f %ld %d\n", took.count(), seconds(used.ru_utime),
               seconds(used.ru_stime), used.ru_maxrss, code);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: measure RUNS REPORT COMMAND [ARGUMENT...]\n");
    return 64;
  }
  std::FILE* report = std::fopen(argv[2], "we");
  if (report == nullptr) {
    std::perror(argv[2]);
    return 73;
  }
  for (long left = std::strtol(argv[1], nullptr, 10); left > 0; --left) {
    if (!run(argv + 3, report)) return 70;
  }
  return std::fclose(report) == 0 ? 0 : 74;
}
