// Reporter: shows recorders to the outside while it runs: metrics over HTTP, a status file, words
// to the service manager, and while many books begin, a note now and then. Works on the loop, a few
// times a minute; reads counters, keeps none.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/loop.hpp"
#include "net/text_server.hpp"
#include "record/log.hpp"
#include "record/notifier.hpp"
#include "record/snapshot.hpp"

namespace md::record {

class Reporter {
 public:
  struct Options {
    std::string metrics{};              // [HOST:]PORT to serve them at; empty = nowhere
    std::string status{};               // file; empty = none
    std::int64_t period_ms = 2000;      // between two writings of the status
    std::size_t many_books = 200;       // that begin are worth a note
    std::int64_t progress_ms = 10'000;  // between two such notes
    Notifier::Environment manager{};
  };

  // One of each venue.
  using Snapshots = std::vector<Snapshot>;

  // `read` is called from the loop and from finish(). The loop and `log` outlive the reporter.
  // The manager is told READY=1 by the loop when it runs, and then alive as often as it wants.
  // Errors: those of net::TextServer and Notifier; those of the first writing of the status file.
  static Result<std::unique_ptr<Reporter>> create(net::Loop& loop, const Options& options,
                                                  std::function<Snapshots()> read, const Log& log);
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  // Where metrics are: "http://127.0.0.1:9100/metrics"; empty = nowhere.
  std::string metrics_url() const;
  // The configuration is about to be read again, or was.
  void reloading();
  void reloaded();
  // The recording ends; what remains is to write and to close.
  void stopping();
  // It is over: the last words. A status that cannot be written was warned of.
  void finish();

 private:
  Reporter(net::Loop& loop, const Options& options, std::function<Snapshots()> read,
           const Log& log);
  void report();
  void note_progress(const Snapshot& snapshot);
  void update_rates(const Snapshots& snapshots);
  void show_life();
  Result<void> write_status(const Snapshots& snapshots);

  Options options_;
  std::function<Snapshots()> read_;
  const Log& log_;
  std::unique_ptr<net::TextServer> server_;
  std::unique_ptr<Notifier> manager_;
  net::Timer timer_;
  net::Timer life_timer_;
  bool ready_told_ = false;
  std::int64_t reported_ms_ = 0;
  struct Rate {
    std::uint64_t messages = 0;
    double per_second = 0;  // between the last two reports
  };
  std::map<std::string_view, Rate> rates_;  // by venue
  bool status_failed_ = false;
  struct Progress {
    bool noted = false;  // many books begin
    std::int64_t noted_ms = 0;
  };
  std::map<std::string_view, Progress> progress_;  // by venue
};

}  // namespace md::record
