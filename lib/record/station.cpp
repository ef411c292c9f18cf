#include "record/station.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <mutex>
#include <span>
#include <unordered_set>
#include <utility>

#include "record/loss.hpp"

namespace md::record {
namespace {

// Between two rounds of questions to a venue that is out of reach.
constexpr std::int64_t kFirstPauseMs = 1'000;
constexpr std::int64_t kLastPauseMs = 60'000;

constexpr std::string_view kConfigured = "configured";

std::vector<std::string> missing_in(std::span<const std::string> some,
                                    std::span<const std::string> all) {
  const std::unordered_set<std::string_view> known{some.begin(), some.end()};
  std::vector<std::string> missing;
  for (const std::string& each : all) {
    if (!known.contains(each)) missing.push_back(each);
  }
  return missing;
}

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
      backoff_(kFirstPauseMs, kLastPauseMs, std::random_device{}()),
      random_(std::random_device{}()) {
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

void Station::start(bool patient) {
  patient_ = patient_ || patient;
  if (!job_.exact) return ask();
  const auto begun = record(job_.selection.names());
  if (begun) return;
  if (!patient_) return end(begun.error());
  job_.log.warn(fmt::format("{}: not recorded", begun.error().message));
}

void Station::stop() {
  again_ = false;
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
  if (recorder_ != nullptr) {
    const bool passing = !answer;
    if (const auto changed = change_to(std::move(answer)); !changed)
      job_.log.warn(fmt::format("{}: the old markets stay", changed.error().message));
    if (!passing) next_.reset();
    return ask_later();
  }
  const auto begun = begin_from(std::move(answer));
  if (begun) return ask_later();
  // What others record is not to end because this venue was away when we began.
  patient_ = patient_ || (job_.tabled && passes(begun.error().code));
  if (!patient_) return end(begun.error());
  job_.log.warn(fmt::format("{}: not recorded yet", begun.error().message));
  ask_later();
}

// Again soon where something is still to be had of the list, else when it is time to look whether
// it has changed: give or take a tenth, lest all ask at once.
void Station::ask_later() {
  if (recorder_ == nullptr || next_) return ask_timer_.start(backoff_.next_ms(), [this] { ask(); });
  backoff_.reset();
  if (!job_.selection.follows() || job_.follow_ms == 0) return;
  std::uniform_int_distribution<std::int64_t> pause{job_.follow_ms - job_.follow_ms / 10,
                                                    job_.follow_ms + job_.follow_ms / 10};
  ask_timer_.start(pause(random_), [this] { ask(); });
}

Result<void> Station::begin_from(MarketQuery::Answer answer) {
  if (!answer) return std::move(answer).error();
  MD_TRY(auto symbols, job_.selection.choose(*answer));
  return record(std::move(symbols));
}

Result<void> Station::change_to(MarketQuery::Answer answer) {
  if (!answer) return std::move(answer).error();
  MD_TRY(auto symbols, (next_ ? *next_ : job_.selection).choose(*answer));
  if (!next_) return carry(std::move(symbols), "listed", "delisted");
  MD_CHECK(carry(std::move(symbols), kConfigured, kConfigured));
  job_.selection = *next_;
  return {};
}

// New symbols come before old ones go, each with a reason of its own.
Result<void> Station::carry(std::vector<std::string> symbols, std::string_view added,
                            std::string_view gone) {
  const std::vector<std::string>& old = job_.recorder.subscription.symbols;
  const auto news = missing_in(old, symbols);
  const auto lost = missing_in(symbols, old);
  if (!again_ && !news.empty()) {
    std::vector<std::string> both = old;
    both.insert(both.end(), news.begin(), news.end());
    MD_CHECK(recorder_->change(both, added));
    job_.log.note(fmt::format("{}: {}", added, fmt::join(news, ", ")));
  }
  if (!again_ && !lost.empty()) {
    MD_CHECK(recorder_->change(symbols, gone));
    job_.log.note(fmt::format("{}: {}", gone, fmt::join(lost, ", ")));
  }
  job_.recorder.subscription.symbols = std::move(symbols);
  const std::lock_guard lock{carried_->mutex};
  carried_->subscription = job_.recorder.subscription;
  return {};
}

void Station::apply(Job next) {
  if (ended_) return;
  for (std::size_t i = 0; i < next.fixed.size() && i < job_.fixed.size(); ++i) {
    if (next.fixed[i] != job_.fixed[i])
      job_.log.warn(fmt::format("{}: a change needs a restart", next.fixed[i].first));
  }
  job_.exact = next.exact;
  job_.follow_ms = next.follow_ms;
  const Types types = next.recorder.subscription.types;
  const bool other_types = types != std::exchange(job_.recorder.subscription.types, types);
  query_.reset();
  ask_timer_.cancel();
  if (recorder_ == nullptr) {
    job_.selection = std::move(next.selection);
    return start(true);
  }
  // A recorder has one set of types for its life.
  if (other_types) {
    again_ = true;
    recorder_->stop();
  }
  next_ = std::move(next.selection);
  if (!job_.exact) return ask();
  if (auto changed = carry(next_->names(), kConfigured, kConfigured); !changed)
    job_.log.warn(fmt::format("{}: the old markets stay", changed.error().message));
  job_.selection = *std::exchange(next_, std::nullopt);
}

Result<void> Station::record(std::vector<std::string> symbols) {
  job_.recorder.subscription.symbols = std::move(symbols);
  {
    const std::lock_guard lock{carried_->mutex};
    carried_->subscription = job_.recorder.subscription;
  }
  Pipeline& to = own_ != nullptr ? *own_ : shared_;
  MD_TRY(recorder_, Recorder::create(loop_, *job_.tls, *job_.venue, job_.recorder, to, job_.log));
  recorder_->start([this](Result<void> result) {
    if (!result || !std::exchange(again_, false)) return end(std::move(result));
    if (auto begun = record(job_.recorder.subscription.symbols); !begun)
      end(std::move(begun).error());
  });
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
