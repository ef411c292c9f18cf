#include "store/follow.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/fingerprint.hpp"

namespace md::store {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kStep{100};  // how soon a wish to stop is seen
constexpr std::chrono::milliseconds kLook{500};
constexpr std::chrono::seconds kLongestPause{300};

// When to try again what failed: after 1 s, 2 s, 4 s ...
class Pause {
 public:
  void lengthen() {
    until_ = Clock::now() + next_;
    next_ = std::min(2 * next_, kLongestPause);
  }
  bool over() const { return Clock::now() >= until_; }

 private:
  std::chrono::seconds next_{1};
  Clock::time_point until_;
};

class Follower {
 public:
  Follower(std::string spool, const FilesLoader::Options& options, FollowReport report)
      : spool_(std::move(spool)),
        stop_(*options.file.connect.stop),
        report_(std::move(report)),
        loader_(options, {.reject = report_.files.reject,
                          .loaded = [this](const std::string& path,
                                           const Load& load) { on_loaded(path, load); },
                          .failed = [this](const std::string& path,
                                           Error error) { on_failed(path, std::move(error)); }}) {}

  Result<void> run() {
    struct stat about {};
    if (::stat(spool_.c_str(), &about) != 0)
      return system_error(Errc::not_found, "cannot follow '" + spool_ + "'", errno);
    if (!S_ISDIR(about.st_mode))
      return system_error(Errc::not_found, "cannot follow '" + spool_ + "'", ENOTDIR);
    MD_TRY(std::vector<std::string> files, files_to_load(spool_));
    load(files);
    while (!stop_ && !fatal_) {
      for (auto slept = std::chrono::milliseconds(0); slept < kLook && !stop_; slept += kStep)
        std::this_thread::sleep_for(kStep);
      auto found = files_to_load(spool_);
      if (found) {
        look_failed_ = false;
        load(*found);
      } else if (!std::exchange(look_failed_, true)) {
        report_.files.failed(spool_, std::move(found).error());
      }
    }
    if (fatal_ && !stop_) return *std::move(fatal_);
    return {};
  }

 private:
  struct Known {
    Fingerprint file;
    std::optional<Pause> again;  // failed, and may fare better later
  };

  bool is_due(const std::string& path, const Fingerprint& file) const {
    const auto known = known_.find(path);
    if (known == known_.end() || known->second.file != file) return true;
    return known->second.again && known->second.again->over();
  }

  // `files` is sorted.
  void load(const std::vector<std::string>& files) {
    std::erase_if(known_, [&](const auto& known) {
      return !std::binary_search(files.begin(), files.end(), known.first);
    });
    if (pause_ && !pause_->over()) return;
    std::vector<std::string> due;
    at_hand_.clear();
    for (const std::string& path : files) {
      const auto file = fingerprint(path);
      if (!file || !is_due(path, *file)) continue;
      due.push_back(path);
      at_hand_.emplace(path, *file);
    }
    // After an outage there may be days to finish, whatever files there are.
    if (due.empty() && !away_ && !pause_ && begun_) return;
    begun_ = true;
    lost_ = failed_ = false;
    loader_.load(std::move(due));
    if (stop_) return;
    if (!failed_) pause_.reset();
    if (away_ && !lost_) report_.back();
    away_ = lost_;
  }

  void on_loaded(const std::string& path, const Load& load) {
    known_.insert_or_assign(path, Known{at_hand_.at(path), std::nullopt});
    report_.files.loaded(path, load);
  }

  void on_failed(const std::string& path, Error error) {
    if (stop_) return;
    if (error.code == Errc::unavailable) {
      if (!away_ && !lost_) report_.away(error);
      lost_ = true;
      return;
    }
    if (ends_the_run(error.code)) {
      fatal_ = std::move(error);
      return;
    }
    if (path.empty()) {
      failed_ = true;
      if (!pause_) pause_.emplace();
      pause_->lengthen();
    } else {
      const auto before = known_.find(path);
      auto again = before == known_.end() ? std::nullopt : before->second.again;
      if (error.code == Errc::temporary || error.code == Errc::io) {
        if (!again) again.emplace();
        again->lengthen();
      } else {
        again.reset();
      }
      known_.insert_or_assign(path, Known{at_hand_.at(path), again});
    }
    report_.files.failed(path, std::move(error));
  }

  std::string spool_;
  const std::atomic<bool>& stop_;
  FollowReport report_;
  FilesLoader loader_;
  std::unordered_map<std::string, Known> known_;
  std::unordered_map<std::string, Fingerprint> at_hand_;  // as they were before they were read
  std::optional<Pause> pause_;                            // days could not be finished
  std::optional<Error> fatal_;
  bool begun_ = false;
  bool away_ = false;
  bool lost_ = false;    // in this run: the database
  bool failed_ = false;  // in this run: a day
  bool look_failed_ = false;
};

}  // namespace

Result<void> follow(const std::string& spool, const FilesLoader::Options& options,
                    FollowReport report) {
  return Follower{spool, options, std::move(report)}.run();
}

}  // namespace md::store
