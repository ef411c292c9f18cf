#include "check/checker.hpp"

#include <algorithm>
#include <utility>

#include "dedupe/identity.hpp"
#include "venue/registry.hpp"

namespace md::check {
namespace {

constexpr std::size_t kRemembered = 65536;  // messages, to tell duplicates by

}  // namespace

Checker::Checker(std::string name, Input& input, Micros silence, FindingSink& out)
    : name_(std::move(name)), input_(input), silence_(silence), out_(out), seen_(kRemembered) {}

Result<void> Checker::run(const std::atomic<bool>& stop) {
  while (!stop) {
    MD_TRY(const dedupe::LineKey* const key, input_.next());
    if (key == nullptr) break;
    on_line(*key);
  }
  for (Checked& checked : streams_) {
    if (!checked.check) continue;
    interrupt(checked, std::numeric_limits<Micros>::max());
    checked.check->finish();
  }
  return {};
}

void Checker::on_line(const dedupe::LineKey& key) {
  const dedupe::Stream& stream = table_.find(key);
  Event event;
  if (stream.rule == dedupe::Rule::outage) {
    if (input_.event(event)) on_connection(stream, event);
    return;
  }
  Checked& at = checked(stream);
  interrupt(at, key.local_timestamp);
  bool known = false;
  // Contiguous ids are their own proof.
  if (!stream.contiguous) {
    if (const auto unique = dedupe::unique_key(stream, key)) {
      known = seen_.find(*unique) != dedupe::SeenWindow::kNone;
      if (!known) seen_.add(*unique, 0, key.local_timestamp);
    }
  }
  const BookChange* change = nullptr;
  if (key.type == Type::book_change && input_.event(event)) change = event.as<BookChange>();
  at.check->on_message(key, known, change);
  if (key.local_timestamp > at.exchange->last) {
    at.exchange->last = key.local_timestamp;
    at.exchange->disconnected = false;
  }
}

Finding Checker::finding(Kind kind, const dedupe::Stream& stream, Micros from, Micros to) const {
  Finding out;
  out.kind = kind;
  out.recorder = name_;
  out.exchange = stream.exchange;
  out.from = from;
  out.to = to;
  return out;
}

void Checker::on_connection(const dedupe::Stream& stream, const Event& event) {
  Exchange& exchange = exchanges_[stream.exchange];
  if (stream.type == Type::connect) return on_connect(exchange, stream, event.local_timestamp);
  const Gap* const gap = event.as<Gap>();
  const auto symbols = gap != nullptr ? gap->symbols : event.as<Disconnect>()->symbols;
  Interruption interruption{event.local_timestamp,
                            gap != nullptr ? Cut::gap : Cut::disconnect,
                            gap != nullptr ? gap->channel : Type::trade,
                            {}};
  if (!stream.symbol.empty()) {
    interruption.symbols.push_back(stream.symbol);
  } else {
    interruption.symbols.assign(symbols.begin(), symbols.end());
  }
  if (gap == nullptr) exchange.disconnected = true;

  Finding found = finding(gap != nullptr ? Kind::hole : Kind::disconnect, stream,
                          event.local_timestamp, event.local_timestamp);
  std::string symbol;
  if (interruption.symbols.size() == 1) symbol = interruption.symbols.front();
  found.symbol = symbol;
  found.type = interruption.channel;
  add(exchange, std::move(interruption));
  if (gap != nullptr) {
    const venue::Venue* const venue = venue::find(stream.exchange);
    const bool proven = venue != nullptr && venue->trade_ids == venue::TradeIds::contiguous &&
                        gap->channel == Type::trade;
    if (proven) return;  // by the ids themselves
    found.prev_seq = gap->prev_seq;
    found.seq = gap->seq;
    found.reason = to_text(gap->reason);
  } else {
    found.reason = event.as<Disconnect>()->reason;
  }
  out_.on_finding(found);
}

// A recorder that was killed could not say that its connections ended; the next one's first
// connection shows it. In a lake connections are read before all messages, and show nothing.
void Checker::on_connect(Exchange& exchange, const dedupe::Stream& stream, Micros time) {
  const Micros limit = silence_ != 0 ? silence_ : kLeastOutage;
  if (exchange.last == kNever || time - exchange.last <= limit) return;
  Finding found = finding(Kind::disconnect, stream, exchange.last, time);
  found.reason = exchange.disconnected ? "no connection" : "recorder away";
  add(exchange, {time, Cut::outage, Type::trade, {}});
  out_.on_finding(found);
  exchange.last = time;  // its other connections belong to the same outage
  exchange.disconnected = false;
}

void Checker::add(Exchange& exchange, Interruption interruption) {
  auto& known = exchange.interruptions;
  const auto later = [](Micros time, const Interruption& other) { return time < other.time; };
  const auto at = std::upper_bound(known.begin(), known.end(), interruption.time, later);
  known.insert(at, std::move(interruption));
}

Checker::Checked& Checker::checked(const dedupe::Stream& stream) {
  if (stream.id >= streams_.size()) streams_.resize(stream.id + std::size_t{1});
  Checked& at = streams_[stream.id];
  if (!at.check) {
    const venue::Venue* const venue = venue::find(stream.exchange);
    at.check = std::make_unique<StreamCheck>(stream, name_, silence_,
                                             venue == nullptr ? 0 : venue->book.depth, out_);
    at.exchange = &exchanges_[stream.exchange];
  }
  return at;
}

// Tells the stream of what happened up to its next message.
void Checker::interrupt(Checked& checked, Micros up_to) {
  const dedupe::Stream& stream = checked.check->stream();
  const auto& interruptions = checked.exchange->interruptions;
  while (checked.next < interruptions.size() && interruptions[checked.next].time <= up_to) {
    const Interruption& it = interruptions[checked.next++];
    const auto& symbols = it.symbols;
    if (!symbols.empty() &&
        std::find(symbols.begin(), symbols.end(), stream.symbol) == symbols.end())
      continue;
    if (it.cut == Cut::gap) {
      if (it.channel == stream.type) checked.check->on_gap();
    } else if (checked.check->totals().messages != 0) {
      if (it.cut == Cut::disconnect) checked.check->on_disconnect();
      if (it.cut == Cut::outage) checked.check->on_outage();
    }
  }
}

std::vector<const StreamCheck*> Checker::streams() const {
  std::vector<const StreamCheck*> out;
  for (const Checked& checked : streams_) {
    if (checked.check) out.push_back(checked.check.get());
  }
  std::sort(out.begin(), out.end(), [](const StreamCheck* a, const StreamCheck* b) {
    return dedupe::before(a->stream(), b->stream());
  });
  return out;
}

}  // namespace md::check
