#include "record/reporter.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "codec/file.hpp"

namespace md::record {
namespace {

constexpr const char* kPath = "/metrics";
constexpr std::int64_t kReadyAgainMs = 100;

// Without fsync, which may take long and would hold up the sockets: after a power cut nobody asks
// what the status was before.
Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string part = path + ".part";
  codec::Fd fd{::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (!fd) {
    return system_error(errno == EACCES ? Errc::permission : Errc::create,
                        "cannot create '" + part + "'", errno);
  }
  MD_CHECK(codec::write_all(fd.get(), text, part));
  fd.close();
  return codec::rename_file(part, path, true);
}

}  // namespace

Result<std::unique_ptr<Reporter>> Reporter::create(net::Loop& loop, const Options& options,
                                                   std::function<Snapshots()> read,
                                                   const Log& log) {
  std::unique_ptr<Reporter> reporter{new Reporter{loop, options, std::move(read), log}};
  if (!options.metrics.empty()) {
    const auto page = [to = reporter.get()](std::string_view path) -> std::optional<std::string> {
      if (path != kPath) return std::nullopt;
      return metrics_text(to->read_());
    };
    MD_TRY(reporter->server_,
           net::TextServer::listen(loop, options.metrics, page,
                                   {.content_type = "text/plain; version=0.0.4; charset=utf-8"}));
  }
  MD_TRY(reporter->manager_, Notifier::create(options.manager));
  if (reporter->manager_->active())
    reporter->life_timer_.start(0, [to = reporter.get()] { to->show_life(); });
  if (!options.status.empty()) MD_CHECK(reporter->write_status(reporter->read_()));
  reporter->reported_ms_ = net::Loop::steady_ms();
  reporter->report();
  return reporter;
}

Reporter::Reporter(net::Loop& loop, const Options& options, std::function<Snapshots()> read,
                   const Log& log)
    : options_(options), read_(std::move(read)), log_(log), timer_(loop), life_timer_(loop) {}

std::string Reporter::metrics_url() const { return server_ ? server_->url() + kPath : ""; }

void Reporter::report() {
  timer_.start(options_.period_ms, [this] { report(); });
  const Snapshots snapshots = read_();
  for (const Snapshot& snapshot : snapshots) note_progress(snapshot);
  if (options_.status.empty() && !manager_->active()) return;
  update_rates(snapshots);
  if (manager_->active()) {
    double rate = 0;
    for (const Snapshot& snapshot : snapshots) rate += rates_[snapshot.venue].per_second;
    manager_->tell("STATUS=" + status_line(snapshots, rate));
  }
  if (options_.status.empty()) return;
  const auto written = write_status(snapshots);
  // Once, until it works again: the recording does not end for it.
  if (!written && !status_failed_) log_.warn(written.error().message);
  status_failed_ = !written;
}

// From when many books wait for their snapshots until none does.
void Reporter::note_progress(const Snapshot& snapshot) {
  const auto [known, live] = snapshot.books;
  Progress& progress = progress_[snapshot.venue];
  const bool begins = !progress.noted && known - live >= options_.many_books;
  const bool ends = progress.noted && live == known;
  const std::int64_t now_ms = net::Loop::steady_ms();
  const bool due = progress.noted && now_ms - progress.noted_ms >= options_.progress_ms;
  if (!begins && !ends && !due) return;
  progress = {!ends, now_ms};
  log_.note(fmt::format("{} books: {}", snapshot.venue, books_text(snapshot)));
}

void Reporter::update_rates(const Snapshots& snapshots) {
  const std::int64_t now_ms = net::Loop::steady_ms();
  const std::int64_t since = now_ms - std::exchange(reported_ms_, now_ms);
  for (const Snapshot& snapshot : snapshots) {
    Rate& rate = rates_[snapshot.venue];
    // A venue that was taken out and is back counts from 0.
    const std::uint64_t before = std::min(rate.messages, snapshot.messages);
    if (since > 0) {
      rate.per_second =
          static_cast<double>(snapshot.messages - before) * 1000 / static_cast<double>(since);
    }
    rate.messages = snapshot.messages;
  }
}

// Says that the loop turns, which is what a watchdog is for: a venue that is out of reach is no
// reason to be killed. Until the manager has heard READY=1 it is said again.
void Reporter::show_life() {
  const bool heard = manager_->tell(ready_told_ ? "WATCHDOG=1" : "READY=1\nWATCHDOG=1");
  ready_told_ = ready_told_ || heard;
  const std::int64_t pause = manager_->watchdog_ms();
  if (!ready_told_) {
    life_timer_.start(kReadyAgainMs, [this] { show_life(); });
  } else if (pause > 0) {
    life_timer_.start(pause, [this] { show_life(); });
  }
}

Result<void> Reporter::write_status(const Snapshots& snapshots) {
  std::string text;
  for (const Snapshot& snapshot : snapshots) {
    const bool last = &snapshot == &snapshots.back();
    text += status_text(snapshot, rates_[snapshot.venue].per_second, last ? metrics_url() : "");
    if (!last) text += '\n';
  }
  return replace_file(options_.status, text);
}

// As sd_notify(3) has it for services of the type notify-reload; others take it too.
void Reporter::reloading() {
  manager_->tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", net::Loop::steady_ms() * 1000));
}

void Reporter::reloaded() { manager_->tell("READY=1"); }

void Reporter::stopping() {
  life_timer_.cancel();
  manager_->tell("STOPPING=1");
}

void Reporter::finish() {
  report();
  timer_.cancel();
}

}  // namespace md::record
