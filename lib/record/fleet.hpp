// Fleet: stations of one process, over one loop, until they are told to stop.
//
//   Station, Station, ... --lines--> the spool of each, or the Pipeline that all share
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "net/loop.hpp"
#include "record/budget.hpp"
#include "record/connect_limits.hpp"
#include "record/job.hpp"
#include "record/log.hpp"
#include "record/pipeline.hpp"
#include "record/reporter.hpp"
#include "record/station.hpp"

namespace md::record {

class Fleet {
 public:
  using Jobs = std::vector<Job>;
  struct Options {
    Reporter::Options report{};
    std::int64_t duration_ms = 0;  // end after this; 0 = never
    // How long the writers may take in the end, all together.
    std::int64_t drain_ms = 3000;
    // When the flag is set, it is cleared, and `reload` gives the jobs as they are to be from now
    // on; nothing, if they are to stay as they are. Null: never.
    std::atomic<bool>* hangup = nullptr;
    std::function<std::optional<Jobs>()> reload{};
  };
  // Each job has a venue of its own. The loop and `log` outlive the fleet. Errors: those of
  // Station and Reporter.
  static Result<std::unique_ptr<Fleet>> create(net::Loop& loop, Jobs jobs, const Options& options,
                                               std::unique_ptr<Destination> shared, const Log& log);

  // Records until `stop`, the duration's end, or the end of all stations; the error of one is the
  // end of all. Then all is written and closed.
  Result<void> run(const std::atomic<bool>& stop);

 private:
  Fleet(net::Loop& loop, const Options& options, std::unique_ptr<Destination> shared,
        const Log& log);
  Result<void> add(Job job);
  void reload();
  void apply(Jobs jobs);
  void let_go();
  void tick(const std::atomic<bool>& stop);
  void stop_all();
  void wait(Station& station, std::int64_t timeout_ms, Result<void>& result);
  Result<void> finish();

  net::Loop& loop_;
  Options options_;
  const Log& log_;
  Pipeline shared_;
  std::shared_ptr<ConnectLimits> connects_ = std::make_shared<ConnectLimits>();
  Budgets budgets_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<std::unique_ptr<Station>> leaving_;
  std::unique_ptr<Reporter> reporter_;
  net::Timer tick_timer_;
  net::Timer duration_timer_;
  bool stopping_ = false;
};

}  // namespace md::record
