#include "store/load_files.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace md::store {
namespace {

// What the workers of a run share. All under one mutex: files take longer than that.
class Run {
 public:
  Run(std::vector<std::string> files, const std::atomic<bool>& stop, const LoadReport& report)
      : plan_(std::move(files)), stop_(stop), report_(report), states_(plan_.files().size()) {
    for (std::size_t i = 0; i < states_.size(); ++i) states_[i].pipe = is_pipe(plan_.files()[i]);
  }

  // Until nothing is left that this worker may take.
  void work(LoadWorker& worker, bool takes_pipes) {
    while (const auto file = take(takes_pipes)) {
      auto loaded = worker.load(plan_.files()[*file]);
      const std::vector<DayTable> fresh = worker.take_fresh_days();
      for (const DayTable& day : done(*file, std::move(loaded), fresh)) finish(worker, day);
    }
  }

  // After the last worker.
  void end(LoadWorker& worker) {
    for (const DayTable& day : plan_.rest()) finish(worker, day);
    tell(states_.size());
    for (Error& error : day_errors_) report_.failed("", std::move(error));
  }

 private:
  struct FileState {
    bool pipe = false;
    bool taken = false;
    std::optional<Result<Load>> outcome;
  };

  std::optional<std::size_t> take(bool pipes) {
    const std::lock_guard lock(mutex_);
    if (stop_ || ended_) return std::nullopt;
    while (first_free_ < states_.size() && states_[first_free_].taken) ++first_free_;
    for (std::size_t i = first_free_; i < states_.size(); ++i) {
      if (states_[i].taken || (states_[i].pipe && !pipes)) continue;
      states_[i].taken = true;
      return i;
    }
    return std::nullopt;
  }

  std::vector<DayTable> done(std::size_t file, Result<Load> outcome,
                             std::span<const DayTable> fresh) {
    const std::lock_guard lock(mutex_);
    if (!outcome && ends_the_run(outcome.error().code)) ended_ = true;
    if (!outcome && outcome.error().code == Errc::unavailable) away_ = true;
    states_[file].outcome.emplace(std::move(outcome));
    std::size_t known = told_;
    while (known < states_.size() && states_[known].outcome) ++known;
    tell(known);
    return plan_.done(file, fresh);
  }

  void tell(std::size_t until) {
    for (; told_ < until; ++told_) {
      auto& outcome = states_[told_].outcome;
      if (!outcome) continue;  // never begun
      if (*outcome) {
        report_.loaded(plan_.files()[told_], **outcome);
      } else {
        report_.failed(plan_.files()[told_], std::move(*outcome).error());
      }
    }
  }

  void finish(LoadWorker& worker, const DayTable& day) {
    {
      const std::lock_guard lock(mutex_);
      if (stop_ || away_) return;  // the next run finds it
    }
    auto finished = worker.finish_day(day);
    if (finished || stop_) return;
    const std::lock_guard lock(mutex_);
    if (finished.error().code == Errc::unavailable) away_ = ended_ = true;
    day_errors_.push_back(std::move(finished).error());
  }

  LoadPlan plan_;
  const std::atomic<bool>& stop_;
  const LoadReport& report_;

  std::mutex mutex_;
  std::vector<FileState> states_;
  std::size_t first_free_ = 0;  // all before it are taken
  std::size_t told_ = 0;        // all before it are reported
  bool ended_ = false;
  bool away_ = false;  // the database
  std::vector<Error> day_errors_;
};

}  // namespace

bool ends_the_run(Errc code) {
  switch (code) {
    case Errc::not_found:
    case Errc::permission:
    case Errc::exists:
    case Errc::io:
    case Errc::temporary:
      return false;
    default:
      return true;
  }
}

void load_files(std::vector<std::string> files,
                std::span<const std::unique_ptr<LoadWorker>> workers, const std::atomic<bool>& stop,
                const LoadReport& report) {
  const std::size_t useful = std::max<std::size_t>(1, std::min(files.size(), workers.size()));
  Run run{std::move(files), stop, report};
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < useful; ++i)
      others.emplace_back([&run, &worker = *workers[i]] { run.work(worker, false); });
    run.work(*workers[0], true);
  }
  run.end(*workers[0]);
}

struct FilesLoader::State {
  std::atomic<bool> never{false};
  std::mutex rejecting;
  LoadReport report;
  const std::atomic<bool>* stop = nullptr;
  std::vector<std::unique_ptr<LoadWorker>> workers;
};

FilesLoader::FilesLoader(const Options& options, LoadReport report)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.report = std::move(report);
  state.stop = options.file.connect.stop != nullptr ? options.file.connect.stop : &state.never;
  const RejectLine reject = [&state](const Error& error, std::string_view line) {
    const std::lock_guard lock(state.rejecting);
    return state.report.reject(error, line);
  };
  for (int i = 0; i < options.jobs; ++i)
    state.workers.push_back(std::make_unique<FileLoader>(options.file, reject));
}
FilesLoader::~FilesLoader() = default;

void FilesLoader::load(std::vector<std::string> files) {
  auto finished = state_->workers.front()->finish_leftovers();
  if (!finished) {
    state_->report.failed("", std::move(finished).error());
    return;
  }
  load_files(std::move(files), state_->workers, *state_->stop, state_->report);
}

}  // namespace md::store
