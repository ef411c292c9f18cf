#include "record/fleet.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace md::record {
namespace {

constexpr std::int64_t kTickMs = 50;

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::create(net::Loop& loop, Jobs jobs, const Options& options,
                                             std::unique_ptr<Destination> shared, const Log& log) {
  std::unique_ptr<Fleet> fleet{new Fleet{loop, options, std::move(shared), log}};
  for (Job& job : jobs) MD_CHECK(fleet->add(std::move(job)));
  const auto read = [to = fleet.get()] {
    Reporter::Snapshots snapshots;
    for (const auto& station : to->stations_) snapshots.push_back(station->snapshot());
    return snapshots;
  };
  MD_TRY(fleet->reporter_, Reporter::create(loop, options.report, read, log));
  if (const std::string& at = options.report.metrics; !at.empty()) {
    const bool unknown_port = at == "0" || at.ends_with(":0");
    (unknown_port ? log.warn : log.note)("metrics at " + fleet->reporter_->metrics_url());
  }
  return fleet;
}

Fleet::Fleet(net::Loop& loop, const Options& options, std::unique_ptr<Destination> shared,
             const Log& log)
    : loop_(loop),
      options_(options),
      log_(log),
      shared_(std::move(shared), {}),
      tick_timer_(loop),
      duration_timer_(loop) {}

Result<void> Fleet::add(Job job) {
  job.recorder.connects = connects_;
  job.recorder.budgets = &budgets_;
  MD_TRY(auto station, Station::create(loop_, std::move(job), shared_));
  stations_.push_back(std::move(station));
  return {};
}

Result<void> Fleet::run(const std::atomic<bool>& stop) {
  for (const auto& station : stations_) station->start();
  if (options_.duration_ms > 0) duration_timer_.start(options_.duration_ms, [this] { stop_all(); });
  tick(stop);
  loop_.run();
  return finish();
}

void Fleet::tick(const std::atomic<bool>& stop) {
  const auto ended = [](const auto& station) { return station->ended(); };
  const auto failed = [](const auto& station) { return station->ended() && !station->result(); };
  if (std::all_of(stations_.begin(), stations_.end(), ended)) return loop_.stop();
  if (stop || std::any_of(stations_.begin(), stations_.end(), failed)) stop_all();
  if (options_.hangup != nullptr && options_.hangup->exchange(false) && !stopping_) reload();
  let_go();
  tick_timer_.start(kTickMs, [this, &stop] { tick(stop); });
}

void Fleet::reload() {
  reporter_->reloading();
  if (auto jobs = options_.reload()) apply(*std::move(jobs));
  reporter_->reloaded();
}

void Fleet::apply(Jobs jobs) {
  const auto is_of = [](const Job& job) {
    return [&job](const auto& station) { return station->job().venue == job.venue; };
  };
  for (auto& station : stations_) {
    const bool stays = std::any_of(jobs.begin(), jobs.end(), [&](const Job& job) {
      return job.venue == station->job().venue;
    });
    if (stays) continue;
    station->stop();
    leaving_.push_back(std::move(station));
  }
  std::erase(stations_, nullptr);
  for (Job& job : jobs) {
    const auto found = std::find_if(stations_.begin(), stations_.end(), is_of(job));
    if (found != stations_.end()) {
      (*found)->apply(std::move(job));
    } else if (auto added = add(std::move(job)); !added) {
      log_.warn(added.error().message);
    } else {
      stations_.back()->start(true);
    }
  }
}

// Stations that are not wanted any more, once they have said goodbye.
void Fleet::let_go() {
  std::erase_if(leaving_, [&](const auto& station) {
    if (!station->ended()) return false;
    Result<void> result;
    wait(*station, options_.drain_ms, result);
    if (!result) log_.warn(result.error().message);
    return true;
  });
}

void Fleet::stop_all() {
  if (std::exchange(stopping_, true)) return;
  reporter_->stopping();
  for (const auto& station : stations_) station->stop();
}

// Until its writer has ended; `result` is kept if it is an error.
void Fleet::wait(Station& station, std::int64_t timeout_ms, Result<void>& result) {
  station.job().log.note(station.summary());
  if (station.pipeline() == nullptr) return;
  auto written = station.pipeline()->finish(timeout_ms);
  for (const std::string& notice : station.pipeline()->take_notices())
    station.job().log.warn(notice);
  if (result && !written) result = std::move(written);
}

Result<void> Fleet::finish() {
  stop_all();
  shared_.close();
  for (auto& station : leaving_) stations_.push_back(std::move(station));
  for (const auto& station : stations_) {
    if (station->pipeline() != nullptr) station->pipeline()->close();
  }
  Result<void> result;
  const std::int64_t until = net::Loop::steady_ms() + options_.drain_ms;
  const auto left = [&] { return std::max<std::int64_t>(until - net::Loop::steady_ms(), 0); };
  for (const auto& station : stations_) wait(*station, left(), result);
  auto written = shared_.finish(left());
  for (const std::string& notice : shared_.take_notices()) log_.warn(notice);
  if (result && !written) result = std::move(written);
  for (const auto& station : stations_) {
    if (result && !station->result()) result = station->result();
  }
  reporter_->finish();
  return result;
}

}  // namespace md::record
