#include "record/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace md::record {
namespace {

// Questions: one a second at most, and for heavy ones no more than ten units of weight a second, so
// that they stay a small part of what a venue allows.
constexpr std::int64_t kQuestionMs = 1000;
constexpr int kWeightPerQuestion = 10;
// Two answers about a book are compared; the second one is asked for this much later.
constexpr std::int64_t kCompareMs = 6000;
constexpr std::int64_t kMostPauseMs = 3'600'000;
// So many times its usual pause, and a stream is silent.
constexpr std::int64_t kPauses = 20;
constexpr std::int64_t kMendAgainMs = 60'000;
// So many streams are named in this time.
constexpr std::uint64_t kMostComplaints = 10;
constexpr std::int64_t kComplaintsMs = 60'000;
// A missed trade may still be on its way.
constexpr Micros kOnItsWay = 10 * kSecond;

// Whether `request`, as a Reply has it, is the path or the POST that was asked.
bool is_same(std::string_view request, std::string_view asked) {
  if (!asked.starts_with("POST ")) return request.ends_with(asked);
  const std::size_t body = asked.find(' ', 5);
  return request.starts_with("POST ") && body != std::string_view::npos &&
         request.ends_with(asked.substr(body));
}

}  // namespace

Watch::Watch(const venue::Venue& venue, const venue::Subscription& subscription,
             const Options& options, book::Driver& driver, EventSink& next, const Log& log)
    : venue_(venue), options_(options), driver_(driver), next_(next), log_(log) {
  list(subscription);
}

void Watch::change(const venue::Subscription& subscription) {
  std::vector<Stream> before = std::exchange(streams_, {});
  const auto before_of = std::exchange(streams_of_, {});
  list(subscription);
  for (Stream& stream : streams_) {
    const auto found = before_of.find(stream.symbol);
    if (found == before_of.end()) continue;
    const std::uint32_t number = found->second[static_cast<std::size_t>(stream.type)];
    if (number == 0) continue;
    const std::string_view symbol = stream.symbol;  // of the new map
    stream = std::move(before[number - 1]);
    stream.symbol = symbol;
  }
  connections_.clear();
  turn_ = 0;
}

void Watch::list(const venue::Subscription& subscription) {
  for (std::size_t t = 0; t < kWatched; ++t) {
    const Type type = static_cast<Type>(t);
    if (!subscription.types.has(type)) continue;
    // Not every symbol has every type: the plan for this one alone says which do.
    for (const venue::Connection& plan : venue_.connections({subscription.symbols, {type}})) {
      for (const std::string& symbol : plan.symbols) {
        const auto entry = streams_of_.try_emplace(symbol).first;
        if (entry->second[t] != 0) continue;
        Stream& stream = streams_.emplace_back();
        stream.symbol = entry->first;
        stream.type = type;
        entry->second[t] = static_cast<std::uint32_t>(streams_.size());
      }
    }
  }
}

Watch::Stream* Watch::find(std::string_view symbol, Type type) {
  const auto t = static_cast<std::size_t>(type);
  if (t >= kWatched) return nullptr;
  const auto found = streams_of_.find(symbol);
  if (found == streams_of_.end() || found->second[t] == 0) return nullptr;
  return &streams_[found->second[t] - 1];
}

void Watch::on_event(const Event& event) {
  const Gap* const gap = event.as<Gap>();
  if (Stream* const stream = find(event.symbol, gap != nullptr ? gap->channel : event.type()))
    judge(*stream, event);
  next_.on_event(event);
}

void Watch::judge(Stream& stream, const Event& event) {
  if (const Gap* const gap = event.as<Gap>()) {
    if (gap->reason == GapReason::stale && !stream.asked.empty()) stream.dead = true;
    return;
  }
  if (const Trade* const trade = event.as<Trade>(); trade != nullptr && trade->backfilled) {
    const bool missed =
        event.timestamp > stream.last && event.timestamp < event.local_timestamp - kOnItsWay;
    if (missed && !stream.asked.empty()) stream.dead = true;
    return;
  }
  stream.last = std::max(stream.last, event.timestamp);
  // A dead book's new snapshot is the answer to a question, and no sign of life.
  const BookChange* const change = event.as<BookChange>();
  if (stream.dead && change != nullptr && change->is_snapshot &&
      venue_.book.snapshot == venue::BookRule::Snapshot::rest)
    return;
  ++stream.events;
}

void Watch::on_subscribed(std::uint32_t connection, std::span<const std::string_view> symbols,
                          std::int64_t now_ms, Micros now) {
  if (!connections_.insert(connection).second) return;
  for (const std::string_view symbol : symbols) {
    const auto found = streams_of_.find(symbol);
    if (found == streams_of_.end()) continue;
    for (const std::uint32_t number : found->second) {
      if (number == 0 || streams_[number - 1].connection >= connection) continue;
      Stream& stream = streams_[number - 1];
      stream.connection = connection;
      stream.spoke = stream.dead = false;
      stream.questions = 0;
      stream.asked.clear();
      stream.last = now;
      stream.since_ms = now_ms;
      stream.next_ms = now_ms + options_.first_data_ms;
    }
  }
}

// Others may carry the same: they are told of again.
void Watch::on_disconnect(std::uint32_t connection) {
  connections_.clear();
  for (Stream& stream : streams_)
    if (stream.connection == connection) stream.connection = 0;
}

void Watch::on_refusal(std::string_view request, std::int64_t now_ms) {
  for (Stream& stream : streams_) {
    if (stream.asked.empty() || !is_same(request, stream.asked)) continue;
    stream.asked.clear();
    if (!stream.spoke) complain(stream, "the venue cannot answer for it", now_ms);
  }
}

void Watch::look(std::int64_t now_ms) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    Stream& stream = streams_[(turn_ + i) % streams_.size()];
    if (stream.connection != 0) look(stream, now_ms);
  }
  if (complaints_ == 0 || now_ms < complain_ms_) return;
  // Of many that are silent together a few are named: --status and metrics count all.
  if (complaints_ > kMostComplaints)
    log_.warn(fmt::format("{}: {} more streams have no data since they were subscribed", venue_.id,
                          complaints_ - kMostComplaints));
  complaints_ = 0;
  complain_ms_ = now_ms + kComplaintsMs;
}

void Watch::look(Stream& stream, std::int64_t now_ms) {
  if (stream.events != stream.seen) return spoke(stream, now_ms);
  if (stream.dead) return mend(stream, now_ms);
  if (now_ms < stream.next_ms) return;
  std::string request = question(stream);
  if (!request.empty()) {
    if (now_ms >= ask_ms_) ask(stream, std::move(request), now_ms);
  } else if (!stream.spoke) {
    complain(stream, "the venue cannot be asked about it", now_ms);
  }
}

void Watch::spoke(Stream& stream, std::int64_t now_ms) {
  stream.seen = stream.events;
  // The pause before a first event says nothing.
  if (stream.spoke) stream.usual_ms += (now_ms - stream.since_ms - stream.usual_ms) / 8;
  stream.spoke = true;
  stream.dead = stream.complained = false;
  stream.questions = 0;
  stream.asked.clear();
  stream.mend_pause_ms = 0;
  stream.since_ms = now_ms;
  stream.next_ms =
      now_ms + std::max(options_.silence_ms, std::min(kPauses * stream.usual_ms, kMostPauseMs));
}

// Empty where the venue has no way to be asked.
std::string Watch::question(const Stream& stream) const {
  if (stream.type == Type::trade && venue_.trade_history.request != nullptr) {
    venue::TradeHole hole;
    hole.symbol = stream.symbol;
    hole.after = stream.last;
    return venue_.trade_history.request(hole);
  }
  if (stream.type == Type::book_change && venue_.book.snapshot_request != nullptr)
    return venue_.book.snapshot_request(stream.symbol);
  return {};
}

void Watch::ask(Stream& stream, std::string request, std::int64_t now_ms) {
  const bool is_book = stream.type == Type::book_change;
  const int weight = is_book ? venue_.book.snapshot_weight : venue_.trade_history.weight;
  ask_ms_ = now_ms + kQuestionMs * std::max(1, weight / kWeightPerQuestion);
  turn_ = static_cast<std::size_t>(&stream - streams_.data()) + 1;
  ++stream.questions;
  if (is_book && stream.questions % 2 == 1) {
    stream.next_ms = now_ms + kCompareMs;
  } else {
    // Doubled: as long again as it has been silent.
    const std::int64_t silent_ms = std::max<std::int64_t>(now_ms - stream.since_ms, 1000);
    stream.next_ms = now_ms + std::min(silent_ms, kMostPauseMs);
  }
  stream.asked = request;
  driver_.request(stream.connection, {venue::Request::Kind::fetch, std::move(request),
                                      venue::Urgency::routine, std::max(1, weight)});
}

// Gently: the same connection is not replaced again and again for streams that stay dead.
void Watch::mend(Stream& stream, std::int64_t now_ms) {
  if (now_ms < stream.mend_ms) return;
  if (!stream.complained) ++dead_;
  stream.complained = true;
  stream.asked.clear();
  const std::uint32_t connection = stream.connection;
  const std::string reason = fmt::format("{}: silent for {} s while the venue has newer data",
                                         name(stream), (now_ms - stream.since_ms) / 1000);
  log_.warn(fmt::format("connection {}: {}", connection, reason));
  const bool mends_alone = stream.type == Type::book_change && stream.mend_pause_ms == 0 &&
                           venue_.book.resubscribe != nullptr;
  stream.mend_pause_ms = std::clamp(2 * stream.mend_pause_ms, kMendAgainMs, kMostPauseMs);
  stream.mend_ms = now_ms + stream.mend_pause_ms;
  if (mends_alone) {
    for (std::string& frame : venue_.book.resubscribe(stream.symbol))
      driver_.request(connection, {venue::Request::Kind::send, std::move(frame)});
    return;
  }
  for (Stream& other : streams_) {
    if (other.connection != connection) continue;
    other.mend_pause_ms = std::max(other.mend_pause_ms, stream.mend_pause_ms);
    other.mend_ms = stream.mend_ms;
  }
  driver_.request(connection, {venue::Request::Kind::reconnect, reason});
}

void Watch::complain(Stream& stream, std::string_view why, std::int64_t now_ms) {
  stream.complained = true;
  stream.next_ms = now_ms + kMostPauseMs;
  if (++complaints_ > kMostComplaints) return;
  log_.warn(fmt::format("{} {}: no data for {} s since it was subscribed, and {}", venue_.id,
                        name(stream), (now_ms - stream.since_ms) / 1000, why));
}

std::string Watch::name(const Stream& stream) const {
  return fmt::format("{} {}", stream.symbol, to_text(stream.type));
}

Watch::Counts Watch::counts() const {
  const auto silent = std::count_if(streams_.begin(), streams_.end(),
                                    [](const Stream& s) { return s.complained || s.dead; });
  return {static_cast<std::uint64_t>(silent), dead_};
}

}  // namespace md::record
