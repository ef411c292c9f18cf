#include "sim/faulty.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "codec/json_write.hpp"
#include "sim/fixed_text.hpp"
#include "sim/wire.hpp"

namespace md::sim {
namespace {

constexpr std::size_t kMostHeld = 4096;  // frames of a connection; then the oldest goes out

Micros later(Micros time, Micros by) {
  return by >= Next::kForever - time ? Next::kForever : time + by;
}

// Another one for each rule and connection, whatever else happens.
std::uint64_t seed_for(std::uint64_t seed, std::uint64_t rule, std::uint64_t connection) {
  return Random(Random(Random(seed).next() + rule).next() + connection).next();
}

bool by_time(const FaultRule& rule) {
  return rule.when == FaultRule::When::at || rule.when == FaultRule::When::age;
}

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Leaves UTF-8 that it was: a WebSocket would not carry anything else.
void corrupt(std::string& frame, Random& random) {
  if (frame.empty()) return;
  auto at = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(frame.size())));
  while (at > 0 && !is_ascii(frame[at])) --at;
  constexpr int kPrintable = 0x7f - 0x20;
  if (!is_ascii(frame[at])) return;
  const int old = static_cast<unsigned char>(frame[at]) - 0x20;
  const auto other = static_cast<int>(random.below(kPrintable - 1)) + 1;
  frame[at] = static_cast<char>(0x20 + (std::max(old, 0) + other) % kPrintable);
}

void truncate(std::string& frame, Random& random) {
  if (frame.size() < 2) return;
  auto size =
      static_cast<std::size_t>(random.below(static_cast<std::int64_t>(frame.size() - 1))) + 1;
  while (size > 0 && !is_ascii(frame[size])) --size;
  frame.resize(size);
}

HttpAnswer refusal(const FaultRule& rule) {
  return {.status = rule.status, .body = R"({"error":"refused"})", .retry_after_s = rule.retry_s};
}

void append_text(Buffer& out, std::string_view key, std::string_view text) {
  out.append(key);
  out.commit(codec::write_escaped(out.reserve(codec::escaped_size(text.size())), text));
  out.append('"');
}

}  // namespace

void write_fault(const FaultEvent& event, Buffer& out) {
  append_text(out, R"({"time":")", to_iso(event.time));
  append_text(out, R"(,"fault":")", to_text(event.rule->fault));
  append_text(out, R"(,"rule":")", event.rule->text);
  const FaultScope scope = scope_of(event.rule->fault);
  if (scope == FaultScope::frame || scope == FaultScope::connection) {
    out.append(R"(,"connection":)");
    append_integer(out, static_cast<std::int64_t>(event.connection));
    out.append(R"(,"frame":)");
    append_integer(out, static_cast<std::int64_t>(event.frame));
    if (event.type) append_text(out, R"(,"type":")", md::to_text(*event.type));
    append_text(out, scope == FaultScope::frame ? R"(,"data":")" : R"(,"last":")", event.data);
  } else {
    append_text(out, R"(,"target":")", event.data);
  }
  out.append("}\n");
}

Result<void> check_faults(const std::vector<FaultRule>& rules, std::string_view venue) {
  const auto wire = make_wire(venue);
  for (const FaultRule& rule : rules) {
    if (rule.fault == Fault::shutdown && wire != nullptr && wire->shutdown_notice(0).empty()) {
      return Error{
          .code = Errc::usage,
          .message = "'" + std::string(venue) + "' announces no shutdown: '" + rule.text + "'"};
    }
  }
  return {};
}

bool FaultTrigger::strikes(Micros now, Micros due, std::int64_t& strikes) {
  ++seen_;
  if (left_ > 0) return --left_, true;
  if (now < until_) return true;
  Micros from = now;
  switch (rule_->when) {
    case FaultRule::When::nth:
      if (seen_ != rule_->n) return false;
      break;
    case FaultRule::When::every:
      if (seen_ % rule_->n != 0) return false;
      break;
    case FaultRule::When::chance:
      if (random_.below(FaultRule::kCertain) >= rule_->n) return false;
      break;
    case FaultRule::When::at:
    case FaultRule::When::age:
      if (struck_ || now < due) return false;
      from = due;
      break;
  }
  struck_ = true;
  const Micros end = later(from, rule_->lasts);
  if (rule_->lasts != 0 && now >= end) return false;
  if (rule_->times != 0 && strikes >= rule_->times) return false;
  ++strikes;
  if (rule_->lasts != 0) {
    until_ = end;
  } else {
    left_ = rule_->count - 1;
  }
  return true;
}

class FaultyClient final : public Client {
 public:
  FaultyClient(FaultyExchange& exchange, std::unique_ptr<Client> inner, Micros now)
      : exchange_(exchange),
        inner_(std::move(inner)),
        number_(exchange.connections_),
        opened_(now),
        random_(seed_for(exchange.options_.seed, 0, number_)) {
    const auto& rules = exchange.options_.rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const FaultScope scope = scope_of(rules[i].fault);
      if (scope != FaultScope::frame && scope != FaultScope::connection) continue;
      if (rules[i].connection != 0 && rules[i].connection != number_) continue;
      Rule rule{FaultTrigger(rules[i], seed_for(exchange.options_.seed, i + 1, number_)), i,
                scope == FaultScope::connection};
      if (rules[i].when == FaultRule::When::at && rules[i].lasts == 0 && due(rules[i]) < now)
        rule.trigger.pass();
      rules_.push_back(rule);
    }
  }

  void on_text(std::string_view text, Micros now) override { inner_->on_text(text, now); }
  std::string shutdown_notice(Micros venue_time) const override {
    return inner_->shutdown_notice(venue_time);
  }

  Next next(Micros now, Buffer& out) override {
    Micros wake = Next::kForever;
    for (Rule& rule : rules_) {
      if (!rule.of_connection || !by_time(rule.trigger.rule())) continue;
      if (strikes(rule, now)) {
        if (const auto last = strike_connection(rule, now)) return *last;
      }
      if (!rule.trigger.struck()) wake = std::min(wake, due(rule.trigger.rule()));
    }
    if (now < stalled_until_) return Next::wait(std::min(wake, stalled_until_));
    if (!notice_.empty()) {
      out.append(std::exchange(notice_, {}));
      return Next::frame();
    }
    if (again_) return send(*std::exchange(again_, {}), out);
    for (auto held = held_.begin(); held != held_.end(); ++held) {
      if (!inner_over_ && held_.size() < kMostHeld &&
          (held->due > now || held->due_frame > seen_)) {
        if (held->due_frame <= seen_) wake = std::min(wake, held->due);
        continue;
      }
      const Frame frame = std::move(held->frame);
      held_.erase(held);
      return send(frame, out);
    }
    if (inner_over_) return *inner_over_;
    Next next = inner_->next(now, out);
    switch (next.kind) {
      case Next::Kind::frame:
        return pass(now, next.type, out);
      case Next::Kind::wait:
        return Next::wait(std::min(next.until, wake));
      default:
        if (held_.empty()) return next;
        inner_over_ = next;
        return Next::wait(now);
    }
  }

 private:
  struct Rule {
    FaultTrigger trigger;
    std::size_t index;
    bool of_connection;
  };
  struct Frame {
    std::string text;
    std::optional<Type> type;
  };
  struct Held {
    Frame frame;
    Micros due;
    std::uint64_t due_frame;
  };

  Micros due(const FaultRule& rule) const {
    return rule.when == FaultRule::When::age ? later(opened_, rule.n) : exchange_.due_at(rule);
  }

  bool strikes(Rule& rule, Micros now) {
    return rule.trigger.strikes(now, due(rule.trigger.rule()), exchange_.strikes_[rule.index]);
  }

  static bool concerns(const FaultRule& rule, const std::optional<Type>& type) {
    return type ? !rule.answers && (!rule.type || *rule.type == *type) : rule.answers;
  }

  void tell(const FaultRule& rule, std::optional<Type> type, std::string_view data) const {
    exchange_.tell({.time = 0,
                    .rule = &rule,
                    .connection = number_,
                    .frame = frames_,
                    .type = type,
                    .data = data});
  }

  Next send(const Frame& frame, Buffer& out) {
    out.append(frame.text);
    if (frame.type) last_.assign(frame.text);
    return Next::frame(frame.type);
  }

  // What the exchange sent, through the rules.
  Next pass(Micros now, std::optional<Type> type, Buffer& out) {
    ++seen_;
    if (type) ++frames_;
    Frame frame{std::string(out.view()), type};
    out.clear();
    std::optional<Next> instead;  // of sending it
    for (Rule& rule : rules_) {
      const FaultRule& what = rule.trigger.rule();
      if ((rule.of_connection && by_time(what)) || !concerns(what, type)) continue;
      if (instead) {
        rule.trigger.count();
      } else if (strikes(rule, now)) {
        instead = rule.of_connection ? strike_before(rule, frame, now) : strike(what, frame, now);
      }
    }
    return instead ? *instead : send(frame, out);
  }

  // A connection's fault that a frame sets off: the frame comes after the stall or the notice, if
  // the connection goes on.
  Next strike_before(const Rule& rule, Frame& frame, Micros now) {
    if (const auto last = strike_connection(rule, now)) return *last;
    held_.push_front({std::move(frame), now, seen_});
    return Next::wait(now);
  }

  // Changes the frame, or keeps it back and gives what is done instead.
  std::optional<Next> strike(const FaultRule& what, Frame& frame, Micros now) {
    tell(what, frame.type, frame.text);
    switch (what.fault) {
      case Fault::drop:
        return Next::wait(now);
      case Fault::reorder:
        held_.push_back({std::move(frame), now, seen_ + static_cast<std::uint64_t>(what.frames)});
        return Next::wait(now);
      case Fault::delay:
        held_.push_back({std::move(frame), later(now, what.by), seen_});
        return Next::wait(now);
      case Fault::duplicate:
        again_ = frame;
        return std::nullopt;
      case Fault::corrupt:
        corrupt(frame.text, random_);
        return std::nullopt;
      default:
        truncate(frame.text, random_);
        return std::nullopt;
    }
  }

  // What ends the connection is given back.
  std::optional<Next> strike_connection(const Rule& rule, Micros now) {
    const FaultRule& what = rule.trigger.rule();
    if (what.fault == Fault::stall && rule.trigger.until() <= stalled_until_) return std::nullopt;
    tell(what, {}, last_);
    switch (what.fault) {
      case Fault::stall:
        stalled_until_ = std::max(now, rule.trigger.until());
        return std::nullopt;
      case Fault::shutdown:
        notice_ = inner_->shutdown_notice(exchange_.options_.clock());
        return std::nullopt;
      case Fault::close:
        return Next::close(what.code, what.reason);
      case Fault::cut:
        return Next{.kind = Next::Kind::cut};
      case Fault::reset:
        return Next{.kind = Next::Kind::reset};
      default:
        return Next{.kind = Next::Kind::hang};
    }
  }

  FaultyExchange& exchange_;
  std::unique_ptr<Client> inner_;
  std::uint64_t number_;
  Micros opened_;
  Random random_;
  std::vector<Rule> rules_;
  std::uint64_t seen_ = 0;    // frames of the exchange's
  std::uint64_t frames_ = 0;  // of these, the streams'
  Micros stalled_until_ = 0;
  std::string notice_;
  std::optional<Frame> again_;
  std::deque<Held> held_;
  std::optional<Next> inner_over_;
  std::string last_;
};

FaultyExchange::FaultyExchange(Exchange& inner, FaultOptions options)
    : inner_(inner), options_(std::move(options)), strikes_(options_.rules.size()) {
  for (std::size_t i = 0; i < options_.rules.size(); ++i) {
    const FaultRule& rule = options_.rules[i];
    triggers_.emplace_back(rule, seed_for(options_.seed, i + 1, 0));
    if (rule.fault == Fault::stale) inner_.keep_past(rule.by);
  }
}

Micros FaultyExchange::due_at(const FaultRule& rule) const {
  return began_ ? later(*began_, rule.n) : Next::kForever;
}

void FaultyExchange::tell(FaultEvent event) const {
  if (!options_.on_fault) return;
  event.time = options_.clock();
  options_.on_fault(event);
}

bool FaultyExchange::strikes(std::size_t index, std::string_view target, Micros now,
                             bool answered) {
  const FaultRule& rule = options_.rules[index];
  if (target.find(rule.path) == target.npos) return false;
  if (answered) return triggers_[index].count(), false;
  if (!triggers_[index].strikes(now, due_at(rule), strikes_[index])) return false;
  FaultEvent event;
  event.rule = &rule;
  event.data = target;
  tell(event);
  return true;
}

HttpAnswer FaultyExchange::get(std::string_view target, Micros now) {
  Micros delay = 0;
  std::optional<HttpAnswer> instead;
  for (std::size_t i = 0; i < options_.rules.size(); ++i) {
    const FaultRule& rule = options_.rules[i];
    if (scope_of(rule.fault) != FaultScope::request) continue;
    if (!strikes(i, target, now, instead.has_value())) continue;
    if (rule.fault == Fault::slow) {
      delay = later(delay, rule.by);
    } else if (rule.fault == Fault::stale) {
      instead = inner_.get_past(target);
    } else {
      instead = refusal(rule);
    }
  }
  HttpAnswer answer = instead ? *std::move(instead) : inner_.get(target, now);
  answer.delay = delay;
  return answer;
}

std::optional<HttpAnswer> FaultyExchange::deny(std::string_view target, Micros now) {
  std::optional<HttpAnswer> instead;
  for (std::size_t i = 0; i < options_.rules.size(); ++i) {
    const FaultRule& rule = options_.rules[i];
    if (rule.fault == Fault::deny && strikes(i, target, now, instead.has_value()))
      instead = refusal(rule);
  }
  return instead;
}

std::unique_ptr<Client> FaultyExchange::connect(std::string_view target, Micros now) {
  auto inner = inner_.connect(target, now);
  if (inner == nullptr) return nullptr;
  if (!began_) began_ = now;
  ++connections_;
  return std::make_unique<FaultyClient>(*this, std::move(inner), now);
}

}  // namespace md::sim
