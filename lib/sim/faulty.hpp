// FaultyExchange: another exchange with faults, as rules say (fault_rules.hpp). Reproducible: what
// strikes by number or by chance depends on the seed and on the frames, requests and connections
// only, not on the clock.
//
// Rules are tried in their order. The first one that keeps a frame back (drop, reorder, delay) or
// answers a request is the last one for it; those after it only count it. Every strike is told, so
// that a test can compare what a recorder noticed with what was done to it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.hpp"
#include "sim/exchange.hpp"
#include "sim/fault_rules.hpp"
#include "sim/random.hpp"

namespace md::sim {

struct FaultEvent {
  Micros time = 0;  // wall clock
  const FaultRule* rule = nullptr;
  std::uint64_t connection = 0;  // from 1; 0: not about one
  std::uint64_t frame = 0;       // streams' frames of the connection so far, this one included
  std::optional<Type> type;
  // The frame as it was before. Of a connection's fault: the last one that was sent. Of requests:
  // path and query. Valid during the call.
  std::string_view data;
};

// Appends the event as a line of JSON.
void write_fault(const FaultEvent& event, Buffer& out);

struct FaultOptions {
  std::vector<FaultRule> rules;
  std::uint64_t seed = 1;
  std::function<Micros()> clock;                    // the wall's
  std::function<void(const FaultEvent&)> on_fault;  // may be empty
};

// Errors: usage: a rule that the venue (its id) cannot follow.
Result<void> check_faults(const std::vector<FaultRule>& rules, std::string_view venue);

// When one rule strikes, on one connection or, of requests, on the server.
class FaultTrigger {
 public:
  FaultTrigger(const FaultRule& rule, std::uint64_t seed) : rule_(&rule), random_(seed) {}

  // Something came that the rule counts; of rules by time, `due` is theirs. `strikes`: of this rule
  // so far, everywhere.
  bool strikes(Micros now, Micros due, std::int64_t& strikes);
  // The same came, and the rule does not get it.
  void count() { ++seen_; }
  // What was due before this trigger began is none of its business.
  void pass() { struck_ = true; }
  bool struck() const { return struck_; }
  // The end of a strike that lasts for a time.
  Micros until() const { return until_; }
  const FaultRule& rule() const { return *rule_; }

 private:
  const FaultRule* rule_;
  Random random_;
  std::int64_t seen_ = 0;
  std::int64_t left_ = 0;
  Micros until_ = 0;
  bool struck_ = false;
};

class FaultyExchange final : public Exchange {
 public:
  // `inner` must outlive it.
  FaultyExchange(Exchange& inner, FaultOptions options);

  HttpAnswer get(std::string_view target, Micros now) override;
  HttpAnswer get_past(std::string_view target) override { return inner_.get_past(target); }
  std::optional<HttpAnswer> deny(std::string_view target, Micros now) override;
  std::unique_ptr<Client> connect(std::string_view target, Micros now) override;
  bool tick(Micros now) override { return inner_.tick(now); }

 private:
  friend class FaultyClient;
  // `answered`: by an earlier rule.
  bool strikes(std::size_t rule, std::string_view target, Micros now, bool answered);
  Micros due_at(const FaultRule& rule) const;
  void tell(FaultEvent event) const;

  Exchange& inner_;
  FaultOptions options_;
  std::vector<FaultTrigger> triggers_;  // of requests and openings; by rule
  std::vector<std::int64_t> strikes_;   // by rule
  std::optional<Micros> began_;         // when the first WebSocket was opened
  std::uint64_t connections_ = 0;
};

}  // namespace md::sim
