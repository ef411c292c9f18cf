// Station: a Job at work, from the question for the market list to the last line written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/backoff.hpp"
#include "net/loop.hpp"
#include "record/job.hpp"
#include "record/market_list.hpp"
#include "record/pipeline.hpp"
#include "record/recorder.hpp"
#include "record/snapshot.hpp"

namespace md::record {

class Station {
 public:
  // Opens the spool, if the job has one; what a crash left there is warned of. The loop and
  // `shared` outlive the station. Errors: those of codec::SpoolWriter, in the job's name.
  static Result<std::unique_ptr<Station>> create(net::Loop& loop, Job job, Pipeline& shared);
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  // `patient`: nothing that is wrong ends it; it is warned of and tried again.
  void start(bool patient = false);
  void stop();
  // The job is another one now, of the same venue: symbols and types change while what stays is
  // recorded on, as soon as the venue's list was asked. What cannot be had is warned of, and the
  // old job goes on.
  void apply(Job next);
  // No more lines will come. The error of result() is why, if it was not asked to stop.
  bool ended() const { return ended_; }
  const Result<void>& result() const { return result_; }

  // Its own; null = it writes to the shared one.
  Pipeline* pipeline() const { return own_.get(); }
  const Job& job() const { return job_; }
  Snapshot snapshot() const;
  // What was seen, in one line.
  std::string summary() const;

 private:
  // The symbols that are carried, for the writer's thread.
  struct Carried;

  Station(net::Loop& loop, Job job, Pipeline& shared);
  Result<void> open_spool();
  Error named(Error error) const;
  void ask();
  void ask_later();
  void on_list(MarketQuery::Answer answer);
  Result<void> begin_from(MarketQuery::Answer answer);
  Result<void> change_to(MarketQuery::Answer answer);
  Result<void> carry(std::vector<std::string> symbols, std::string_view added,
                     std::string_view gone);
  Result<void> record(std::vector<std::string> symbols);
  void end(Result<void> result);

  net::Loop& loop_;
  Job job_;
  Pipeline& shared_;
  std::shared_ptr<Carried> carried_;
  std::unique_ptr<Pipeline> own_;
  std::unique_ptr<MarketQuery> query_;
  net::Timer ask_timer_;
  net::Backoff backoff_;
  std::minstd_rand random_;
  std::optional<Selection> next_;  // to be tried at the next list
  bool patient_ = false;           // also since the venue was out of reach at the start
  std::unique_ptr<Recorder> recorder_;
  Micros created_ = now();
  bool again_ = false;  // the recorder ends to begin anew
  bool ended_ = false;
  Result<void> result_;
};

}  // namespace md::record
