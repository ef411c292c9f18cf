#include "record/reporter.hpp"

#include <fcntl.h>
#include <unistd.h>

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
                                                   std::function<Snapshot()> read, const Log& log) {
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

Reporter::Reporter(net::Loop& loop, const Options& options, std::function<Snapshot()> read,
                   const Log& log)
    : options_(options), read_(std::move(read)), log_(log), timer_(loop), life_timer_(loop) {}

std::string Reporter::metrics_url() const { return server_ ? server_->url() + kPath : ""; }

void Reporter::report() {
  timer_.start(options_.period_ms, [this] { report(); });
  const Snapshot snapshot = read_();
  note_progress(snapshot);
  if (options_.status.empty() && !manager_->active()) return;
  update_rate(snapshot);
  if (manager_->active()) manager_->tell("STATUS=" + status_line(snapshot, rate_));
  if (options_.status.empty()) return;
  const auto written = write_status(snapshot);
  // Once, until it works again: the recording does not end for it.
  if (!written && !status_failed_) log_.warn(written.error().message);
  status_failed_ = !written;
}

// From when many books wait for their snapshots until none does.
void Reporter::note_progress(const Snapshot& snapshot) {
  const auto [known, live] = snapshot.books;
  const bool begins = !progressing_ && known - live >= options_.many_books;
  const bool ends = progressing_ && live == known;
  const std::int64_t now_ms = net::Loop::steady_ms();
  const bool due = progressing_ && now_ms - progress_noted_ms_ >= options_.progress_ms;
  if (!begins && !ends && !due) return;
  progressing_ = !ends;
  progress_noted_ms_ = now_ms;
  log_.note("books: " + books_text(snapshot));
}

void Reporter::update_rate(const Snapshot& snapshot) {
  const std::int64_t now_ms = net::Loop::steady_ms();
  if (const std::int64_t since = now_ms - reported_ms_; since > 0) {
    rate_ = static_cast<double>(snapshot.messages - reported_messages_) * 1000 /
            static_cast<double>(since);
  }
  reported_ms_ = now_ms;
  reported_messages_ = snapshot.messages;
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

Result<void> Reporter::write_status(const Snapshot& snapshot) {
  return replace_file(options_.status, status_text(snapshot, rate_, metrics_url()));
}

void Reporter::stopping() {
  life_timer_.cancel();
  manager_->tell("STOPPING=1");
}

void Reporter::finish() {
  report();
  timer_.cancel();
}

}  // namespace md::record
