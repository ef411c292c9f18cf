#include "record/station.hpp"

#include <fmt/format.h>

#include <mutex>
#include <random>
#include <utility>

#include "record/loss.hpp"

namespace md::record {
namespace {

// Between two rounds of questions to a venue that is out of reach.
constexpr std::int64_t kFirstPauseMs = 1'000;
constexpr std::int64_t kLastPauseMs = 60'000;

bool passes(Errc code) {
  return code == Errc::unavailable || code == Errc::malformed || code == Errc::temporary;
}

}  // namespace

struct Station::Carried {
  std::mutex mutex;
  venue::Subscription subscription;
};

Result<std::unique_ptr<Station>> Station::create(net::Loop& loop, Job job, Pipeline& shared) {
  std::unique_ptr<Station> station{new Station{loop, std::move(job), shared}};
  if (!station->job_.spool) return station;
  if (auto opened = station->open_spool(); !opened)
    return station->named(std::move(opened).error());
  return station;
}

Station::Station(net::Loop& loop, Job job, Pipeline& shared)
    : loop_(loop),
      job_(std::move(job)),
      shared_(shared),
      carried_(std::make_shared<Carried>()),
      ask_timer_(loop),
      backoff_(kFirstPauseMs, kLastPauseMs, std::random_device{}()) {
  carried_->subscription = job_.recorder.subscription;
}

Result<void> Station::open_spool() {
  MD_TRY(codec::SpoolWriter writer, codec::SpoolWriter::open(*job_.spool));
  for (const codec::Repair& repair : writer.repairs()) job_.log.warn(to_text(repair));
  Pipeline::Options options = job_.output;
  // By value: the writer's thread may outlive this station.
  options.describe_loss = [carried = carried_, venue = job_.venue, raw = job_.recorder.raw](
                              Buffer& out, const Loss& loss) {
    const std::lock_guard lock{carried->mutex};
    append_loss(out, *venue, carried->subscription, raw, loss);
  };
  own_ = std::make_unique<Pipeline>(to_spool(std::move(writer)), options);
  return {};
}

Error Station::named(Error error) const {
  if (!job_.tabled) return error;
  error.message = fmt::format("{}: {}", job_.venue->id, error.message);
  if (error.code == Errc::usage) error.code = Errc::config;
  return error;
}

void Station::start() {
  if (!job_.exact) return ask();
  if (auto begun = record(job_.selection.names()); !begun) end(std::move(begun).error());
}

void Station::stop() {
  query_.reset();
  ask_timer_.cancel();
  if (recorder_ == nullptr) return end({});
  recorder_->stop();
}

void Station::ask() {
  query_ = std::make_unique<MarketQuery>(
      loop_, *job_.tls, *job_.venue, job_.recorder.addresses, job_.recorder.http, job_.log,
      [this](MarketQuery::Answer answer) { on_list(std::move(answer)); });
}

void Station::on_list(MarketQuery::Answer answer) {
  query_.reset();
  Result<void> begun;
  if (!answer) {
    begun = std::move(answer).error();
  } else if (auto symbols = job_.selection.choose(*answer); !symbols) {
    begun = std::move(symbols).error();
  } else {
    begun = record(*std::move(symbols));
  }
  if (begun) return;
  // What others record is not to end because this venue was away when we began.
  const bool again = job_.tabled && (late_ || passes(begun.error().code));
  if (!again) return end(std::move(begun).error());
  late_ = true;
  job_.log.warn(fmt::format("{}: not recorded yet", begun.error().message));
  ask_timer_.start(backoff_.next_ms(), [this] { ask(); });
}

Result<void> Station::record(std::vector<std::string> symbols) {
  job_.recorder.subscription.symbols = std::move(symbols);
  {
    const std::lock_guard lock{carried_->mutex};
    carried_->subscription = job_.recorder.subscription;
  }
  Pipeline& to = own_ != nullptr ? *own_ : shared_;
  MD_TRY(recorder_, Recorder::create(loop_, *job_.tls, *job_.venue, job_.recorder, to, job_.log));
  recorder_->start([this](Result<void> result) { end(std::move(result)); });
  return {};
}

void Station::end(Result<void> result) {
  if (std::exchange(ended_, true)) return;
  if (!result) result_ = named(std::move(result).error());
}

Snapshot Station::snapshot() const {
  if (recorder_ != nullptr) return recorder_->snapshot();
  Snapshot snapshot;
  snapshot.venue = job_.venue->id;
  snapshot.started = created_;
  snapshot.taken = now();
  snapshot.waiting = !ended_;
  snapshot.stopped = ended_;
  snapshot.output = (own_ != nullptr ? *own_ : shared_).stats();
  return snapshot;
}

std::string Station::summary() const {
  return recorder_ != nullptr ? recorder_->summary() : "nothing was recorded";
}

}  // namespace md::record
