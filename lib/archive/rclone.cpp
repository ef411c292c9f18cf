#include "archive/rclone.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <simdjson.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "codec/file.hpp"

extern char** environ;

namespace md::archive {
namespace {

constexpr int kPollMs = 100;                                // how soon a wish to stop is seen
constexpr std::size_t kMostSaid = 2000;                     // kept of what rclone says
constexpr std::size_t kMostListed = std::size_t{64} << 20;  // bytes of a listing

// rclone's exit codes, https://rclone.org/docs/#exit-code
constexpr int kNoDirectory = 3;
constexpr int kNoFile = 4;

struct Pipe {
  codec::Fd read;
  codec::Fd write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return system_error(Errc::temporary, "cannot make a pipe", errno);
  return Pipe{codec::Fd{ends[0]}, codec::Fd{ends[1]}};
}

class SpawnSetup {
 public:
  SpawnSetup(int out, int err) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO);
    // What we block or ignore is our own affair.
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  int spawn(pid_t& child, std::vector<char*>& argv) const {
    return ::posix_spawnp(&child, argv[0], &actions_, &attributes_, argv.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// A child process, which does not outlive this.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGTERM);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Its exit code; 128 and more where a signal ended it.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

// Without "2026/11/28 18:29:19 ", which rclone puts before each line.
std::string_view without_time(std::string_view line) {
  constexpr std::size_t kTime = 20;
  const bool dated = line.size() > kTime && line[4] == '/' && line[7] == '/' && line[13] == ':';
  return dated ? line.substr(kTime) : line;
}

// The last lines of what was said, on one line.
std::string last_words(std::string_view said) {
  constexpr std::size_t kLines = 3;
  std::vector<std::string> lines;
  while (!said.empty()) {
    const auto end = std::min(said.find('\n'), said.size());
    std::string line{without_time(said.substr(0, end))};
    for (char& c : line) {
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    // That there is no configuration is no news, unless there should be one: then more is said.
    if (!line.empty() && !line.starts_with("NOTICE: Config file")) lines.push_back(std::move(line));
    said.remove_prefix(std::min(end + 1, said.size()));
  }
  if (lines.size() > kLines) lines.erase(lines.begin(), lines.end() - kLines);
  return fmt::format("{}", fmt::join(lines, "; "));
}

}  // namespace

std::string remote_path(const std::string& remote, const std::string& name) {
  return remote.ends_with(':') || remote.ends_with('/') ? remote + name : remote + "/" + name;
}

Result<Rclone::Ended> Rclone::run(const std::vector<std::string>& arguments,
                                  const Take& take) const {
  MD_TRY(Pipe out, make_pipe());
  MD_TRY(Pipe err, make_pipe());
  std::string program = "rclone";
  std::vector<std::string> owned = arguments;
  std::vector<char*> argv{program.data()};
  for (std::string& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  if (const int failed = SpawnSetup{out.write.get(), err.write.get()}.spawn(pid, argv);
      failed != 0) {
    if (failed == ENOENT)
      return Error{Errc::unavailable, "cannot run 'rclone': it is not installed", {}, 0, 0};
    return system_error(Errc::unavailable, "cannot run 'rclone'", failed);
  }
  Child child{pid};
  out.write.close();
  err.write.close();

  Ended ended;
  std::array<char, std::size_t{64} << 10> chunk;
  std::array<pollfd, 2> ends{{{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}}};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (stop_ != nullptr && stop_->load()) return Error{Errc::temporary, "interrupted", {}, 0, 0};
    if (::poll(ends.data(), ends.size(), kPollMs) <= 0) continue;
    for (pollfd& end : ends) {
      if (end.fd < 0 || end.revents == 0) continue;
      const ssize_t got = ::read(end.fd, chunk.data(), chunk.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        end.fd = -1;
        continue;
      }
      const std::string_view bytes{chunk.data(), static_cast<std::size_t>(got)};
      if (&end == ends.data()) {
        MD_CHECK(take(bytes));
        continue;
      }
      ended.said += bytes;
      if (ended.said.size() > kMostSaid) ended.said.erase(0, ended.said.size() - kMostSaid);
    }
  }
  ended.code = child.wait();
  return ended;
}

Error Rclone::failure(const std::string& command, const Ended& ended) const {
  const Errc code =
      ended.code == kNoDirectory || ended.code == kNoFile ? Errc::not_found : Errc::unavailable;
  return Error{code,
               fmt::format("'rclone {}' failed with exit code {}: {}", command, ended.code,
                           last_words(ended.said)),
               {},
               0,
               0};
}

Result<std::vector<RemoteFile>> Rclone::archives(const std::string& remote) const {
  std::string json;
  MD_TRY(const Ended ended,
         run({"lsjson", "--files-only", "--no-modtime", "--no-mimetype", "--", remote},
             [&](std::string_view bytes) -> Result<void> {
               json += bytes;
               if (json.size() <= kMostListed) return {};
               return Error{Errc::unavailable, "'rclone lsjson' does not end", {}, 0, 0};
             }));
  std::vector<RemoteFile> files;
  if (ended.code == kNoDirectory) return files;
  if (ended.code != 0) return failure("lsjson", ended);
  simdjson::dom::parser parser;
  simdjson::dom::array entries;
  const Error unreadable{Errc::protocol, "'rclone lsjson' gave no list of files", {}, 0, 0};
  if (parser.parse(json).get(entries) != simdjson::SUCCESS) return unreadable;
  for (const simdjson::dom::element entry : entries) {
    std::string_view name;
    std::int64_t bytes = 0;
    if (entry["Name"].get(name) != simdjson::SUCCESS ||
        entry["Size"].get(bytes) != simdjson::SUCCESS) {
      return unreadable;
    }
    if (name.ends_with(".tar") && bytes >= 0)
      files.push_back({std::string{name}, static_cast<std::uint64_t>(bytes)});
  }
  std::sort(files.begin(), files.end(),
            [](const RemoteFile& a, const RemoteFile& b) { return a.name < b.name; });
  return files;
}

Result<void> Rclone::read(const std::string& path, const Region& region, const Take& take) const {
  if (region.bytes == 0) return {};
  std::uint64_t got = 0;
  MD_TRY(const Ended ended,
         run({"cat", "--offset", std::to_string(region.offset), "--count",
              std::to_string(region.bytes), "--", path},
             [&](std::string_view bytes) -> Result<void> {
               got += bytes.size();
               if (got <= region.bytes) return take(bytes);
               return Error{Errc::protocol, "'rclone cat' gave more than was asked for", {}, 0, 0};
             }));
  if (ended.code != 0) return failure("cat", ended);
  if (got != region.bytes) return Error{Errc::malformed, "ends early", {}, 0, 0};
  return {};
}

Result<void> Rclone::copy(const std::string& local, const std::string& path, bool replace) const {
  std::vector<std::string> arguments = {"copyto"};
  if (!replace) arguments.emplace_back("--immutable");
  // Its size and time may be what they were, and its content not.
  if (replace) arguments.emplace_back("--ignore-times");
  arguments.insert(arguments.end(), {"--", local, path});
  MD_TRY(const Ended ended, run(arguments, [](std::string_view) { return Result<void>{}; }));
  if (ended.code != 0) return failure("copyto", ended);
  return {};
}

Result<bool> Rclone::same(const std::string& local, const std::string& remote) const {
  const std::string name = std::filesystem::path{local}.filename().string();
  for (const bool download : {false, true}) {
    std::vector<std::string> arguments = {"check", "--one-way", "--combined", "-"};
    if (download) arguments.emplace_back("--download");
    arguments.insert(arguments.end(), {"--", local, remote});
    std::string lines;
    MD_TRY(const Ended ended, run(arguments, [&](std::string_view bytes) -> Result<void> {
             if (lines.size() < kMostListed) lines += bytes;
             return {};
           }));
    // "= name": the same; "*", "-" and "+": not; "!": it could not be looked at.
    const bool equal = lines == fmt::format("= {}\n", name);
    if (!equal && (lines.empty() || lines.front() == '!')) return failure("check", ended);
    const bool by_size_alone = ended.said.find("hashes could not be checked") != std::string::npos;
    if (!equal || !by_size_alone || download) return equal && ended.code == 0;
  }
  return false;
}

}  // namespace md::archive
