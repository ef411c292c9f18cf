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
  tick_timer_.start(kTickMs, [this, &stop] { tick(stop); });
}

void Fleet::stop_all() {
  if (std::exchange(stopping_, true)) return;
  reporter_->stopping();
  for (const auto& station : stations_) station->stop();
}

Result<void> Fleet::finish() {
  stop_all();
  shared_.close();
  for (const auto& station : stations_) {
    station->job().log.note(station->summary());
    if (station->pipeline() != nullptr) station->pipeline()->close();
  }
  Result<void> result;
  const std::int64_t until = net::Loop::steady_ms() + options_.drain_ms;
  const auto wait = [&](Pipeline& pipeline, const Log& log) {
    auto written = pipeline.finish(std::max<std::int64_t>(until - net::Loop::steady_ms(), 0));
    for (const std::string& notice : pipeline.take_notices()) log.warn(notice);
    if (result && !written) result = std::move(written);
  };
  for (const auto& station : stations_) {
    if (station->pipeline() != nullptr) wait(*station->pipeline(), station->job().log);
  }
  wait(shared_, log_);
  for (const auto& station : stations_) {
    if (result && !station->result()) result = station->result();
  }
  reporter_->finish();
  return result;
}

}  // namespace md::record
