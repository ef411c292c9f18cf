#include "record/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "record/loss.hpp"

namespace md::record {
namespace {

constexpr std::int64_t kTickMs = 50;
constexpr std::int64_t kStreamsMs = 1000;
constexpr std::int64_t kPausePollMs = 5;
constexpr std::int64_t kGoodbyeMs = 1500;

Types with_records(Types types) {
  types.add(Type::connect);
  types.add(Type::disconnect);
  types.add(Type::gap);
  return types;
}

venue::Limits limits_of(const venue::Venue& venue, const Recorder::Options& options) {
  venue::Limits limits = venue.limits;
  if (options.rest_weight.most == 0) return limits;
  limits.rest_weight = options.rest_weight.most;
  limits.rest_window_ms = std::max<std::int64_t>(options.rest_weight.window / 1000, 1);
  return limits;
}

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::create(net::Loop& loop, const net::Tls& tls,
                                                   const venue::Venue& venue,
                                                   const Options& options, Pipeline& pipeline,
                                                   const Log& log) {
  MD_TRY(const net::HttpRequest rest, options.addresses.request(venue, ""));
  std::unique_ptr<Recorder> recorder{
      new Recorder{loop, tls, venue, options, rest.url, pipeline, log}};
  for (venue::Connection& connection : venue.connections(options.subscription)) {
    MD_TRY(auto plan, recorder->plan(std::move(connection)));
    recorder->add_lane(std::move(plan), 0, {});
  }
  if (recorder->carriers_.empty()) {
    return Error{Errc::usage, fmt::format("{} has no channel for what is asked", venue.id)};
  }
  return recorder;
}

Recorder::Recorder(net::Loop& loop, const net::Tls& tls, const venue::Venue& venue,
                   const Options& options, const net::Url& rest, Pipeline& pipeline, const Log& log)
    : loop_(loop),
      venue_(venue),
      options_(options),
      limits_(limits_of(venue, options)),
      pipeline_(pipeline),
      log_(log),
      lines_(loop, pipeline),
      meter_(options.raw ? nullptr : &lines_),
      watch_(venue, options.subscription, options.watch, *this, meter_, log),
      feed_(venue, with_records(options.subscription.types), watch_, this, options.checksums),
      connects_(options.connects ? options.connects : std::make_shared<ConnectLimits>()),
      shared_{{loop, tls, venue.limits, options.socket},
              *connects_,
              options.local_addresses,
              options.rollover,
              options.redundancy,
              options.once,
              {}},
      fetcher_(loop, tls, rest, limits_,
               (options.budgets != nullptr ? *options.budgets : own_budgets_).of(rest, limits_),
               options.http, log,
               [this](const net::HttpRequest& request, const net::HttpReply& reply) {
                 on_answer(request, reply);
               }),
      tick_timer_(loop),
      pause_timer_(loop),
      end_timer_(loop) {
  net::WebSocket::Options& socket = shared_.link.socket;
  socket.silence_ms = venue.limits.silence_ms;
  for (const venue::HttpField& field : venue.handshake)
    socket.fields.emplace_back(field.name, field.value);
  std::int64_t& max_age_ms = shared_.link.limits.max_age_ms;
  if (options.max_age_ms > 0 && (max_age_ms <= 0 || options.max_age_ms < max_age_ms))
    max_age_ms = options.max_age_ms;
}

Recorder::~Recorder() = default;

Result<void> Recorder::run(const std::atomic<bool>& stop) {
  net::Timer watch{loop_};
  const std::function<void()> look = [&] {
    if (stop) return finish({});
    watch.start(kTickMs, look);
  };
  Result<void> result;
  start([&](Result<void> ended) {
    result = std::move(ended);
    loop_.stop();
  });
  look();
  loop_.run();
  return result;
}

void Recorder::start(Ended ended) {
  ended_ = std::move(ended);
  delays_turned_ms_ = net::Loop::steady_ms();
  started_lanes_ = true;
  for (const Carrier& carrier : carriers_) carrier.lane->start();
  tick();
}

void Recorder::tick() {
  for (const std::string& notice : pipeline_.take_notices()) log_.warn(notice);
  if (const auto failure = pipeline_.failure()) return finish(*failure);
  watch_silence();
  std::erase_if(closed_, [](const auto& lane) { return lane->quiet(); });
  tick_timer_.start(kTickMs, [this] { tick(); });
}

void Recorder::watch_silence() {
  const std::int64_t now_ms = net::Loop::steady_ms();
  for (Carrier& carrier : carriers_) {
    if (std::exchange(carrier.messages, carrier.lane->messages()) != carrier.lane->messages())
      carrier.heard_ms = now_ms;
  }
  if (now_ms - streams_looked_ms_ >= kStreamsMs) watch_streams(now_ms);
  if (now_ms - delays_turned_ms_ < Delays::kWindowMs) return;
  delays_turned_ms_ = now_ms;
  meter_.delays().turn();
}

void Recorder::watch_streams(std::int64_t now_ms) {
  streams_looked_ms_ = now_ms;
  // While sockets are not read, silence is ours.
  if (paused_) return;
  for (const auto& [number, open] : open_)
    if (open.link->subscribed_ms() != 0)
      watch_.on_subscribed(number, open.link->symbols(), now_ms, now());
  watch_.look(now_ms);
}

Snapshot Recorder::snapshot() const {
  Snapshot s;
  s.venue = venue_.id;
  s.started = started_;
  s.taken = now();
  s.symbols = options_.subscription.symbols.size();
  s.stopped = stopping_;
  s.paused = paused_;
  s.messages = messages_;
  s.bytes = bytes_;
  s.feed = feed_.counts();
  s.books = feed_.books();
  s.rest = fetcher_.stats();
  s.gaps = meter_.gaps();
  s.delays = meter_.delays();
  s.reconnects = shared_.counts.reconnects;
  s.connect_failures = shared_.counts.connect_failures;
  s.rollovers = shared_.counts.rollovers;
  const std::int64_t now_ms = net::Loop::steady_ms();
  for (const Carrier& carrier : carriers_)
    s.connections.push_back({carrier.lane->number() + 1, carrier.lane->open(), options_.redundancy,
                             now_ms - carrier.heard_ms});
  s.streams = watch_.counts();
  s.output = pipeline_.stats();
  return s;
}

// The writer cannot keep up: read no more until half of what waits is written.
void Recorder::hold_back() {
  if (options_.drop) return drop_or_record();
  if (!paused_) {
    if (!pipeline_.full()) return;
    paused_ = true;
    log_.note("the output is slower than the venue: reading pauses");
    for (const Carrier& carrier : carriers_) carrier.lane->pause();
  } else if (pipeline_.has_room()) {
    paused_ = false;
    for (const Carrier& carrier : carriers_) carrier.lane->resume();
    return;
  }
  pause_timer_.start(kPausePollMs, [this] { hold_back(); });
}

// The same for who would rather lose lines than lag behind: what comes is read, and dropped.
void Recorder::drop_or_record() {
  if (!paused_) {
    if (!pipeline_.full()) return;
    paused_ = true;
    lines_.start_dropping();
    log_.warn("the output is slower than the venue: lines are dropped");
  } else if (pipeline_.has_room()) {
    return record_again();
  }
  pause_timer_.start(kPausePollMs, [this] { hold_back(); });
}

// Books went on while their lines were dropped, and raw lines lack what tells channels apart: only
// a new connection gives what follows a beginning.
void Recorder::record_again() {
  paused_ = false;
  const LineWriter::Dropped dropped = lines_.stop_dropping();
  if (dropped.lines == 0) return;
  if (!options_.raw) give_loss(lines_, venue_, options_.subscription, dropped.loss);
  const std::string reason =
      fmt::format("overflow: {} lines dropped since {}", dropped.lines, to_iso(dropped.loss.first));
  log_.warn(reason);
  for (const Carrier& carrier : carriers_) carrier.lane->reopen(reason);
}

void Recorder::finish(Result<void> result) {
  if (std::exchange(stopping_, true)) return;
  result_ = std::move(result);
  if (paused_ && options_.drop) record_again();
  for (const Carrier& carrier : carriers_) carrier.lane->stop("stopped");
  feed_.finish(now());
  lines_.flush();
  end_timer_.start(kGoodbyeMs, [this] { leave(); });
  leave_when_quiet();
}

void Recorder::leave_when_quiet() {
  const auto is_quiet = [](const Lane& lane) { return lane.quiet(); };
  const bool quiet =
      std::ranges::all_of(carriers_, is_quiet, [](const Carrier& c) -> Lane& { return *c.lane; }) &&
      std::ranges::all_of(closed_, is_quiet, [](const auto& lane) -> Lane& { return *lane; });
  if (quiet) return leave();
  tick_timer_.start(kPausePollMs, [this] { leave_when_quiet(); });
}

// Not from here: a link may be waiting for the return of what led to this.
void Recorder::leave() {
  tick_timer_.cancel();
  end_timer_.start(0, [this] {
    const Ended ended = std::move(ended_);
    ended(std::move(result_));  // may destroy this
  });
}

std::string Recorder::summary() const {
  const book::Feed::Counts& counts = feed_.counts();
  std::string text = fmt::format("{} connections", connections_);
  for (int i = 0; i < kTypes; ++i) {
    const auto count = counts.events[static_cast<std::size_t>(i)];
    if (count != 0) text += fmt::format(", {} {}", count, to_text(static_cast<Type>(i)));
  }
  for (int i = 0; i < venue::kFrameKinds; ++i) {
    const auto count = counts.frames[static_cast<std::size_t>(i)];
    if (count != 0)
      text +=
          fmt::format(", {} frames {}", count, venue::to_text(static_cast<venue::FrameKind>(i)));
  }
  if (counts.repeated != 0) text += fmt::format(", {} repeated", counts.repeated);
  if (counts.malformed != 0) text += fmt::format(", {} frames malformed", counts.malformed);
  return text;
}

}  // namespace md::record
