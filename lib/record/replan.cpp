#include "record/replan.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace md::record {
namespace {

using venue::Connection;
using Symbols = std::vector<std::string>;
using Set = std::unordered_set<std::string_view>;

Set set_of(const Symbols& symbols) { return {symbols.begin(), symbols.end()}; }

bool holds_all(const Symbols& symbols, const Symbols& wanted) {
  const Set set = set_of(symbols);
  return std::ranges::all_of(wanted, [&](const std::string& s) { return set.contains(s); });
}

// What is said and where, which differs where the symbols do; and where they do not.
bool same(const Connection& a, const Connection& b) {
  return a.url == b.url && a.symbols == b.symbols && a.send == b.send;
}

// Takes the plan out of `plans` that goes on with `lane`: to the same address, or the only one.
std::optional<Connection> take(std::vector<Connection>& plans, const Connection& lane,
                               const Symbols& symbols) {
  const auto fits = [&](const Connection& plan) {
    return (plan.url == lane.url || plans.size() == 1) && holds_all(plan.symbols, symbols);
  };
  const auto found = std::ranges::find_if(plans, fits);
  if (found == plans.end()) return std::nullopt;
  Connection plan = std::move(*found);
  plans.erase(found);
  return plan;
}

// The plan for what is left of a connection.
std::optional<Connection> plan_rest(const venue::Venue& venue, const Connection& lane,
                                    const Symbols& rest, Types types) {
  std::vector<Connection> plans = venue.connections({rest, types});
  const auto elsewhere = [&](const Connection& plan) { return plan.url != lane.url; };
  if (plans.size() > 1) std::erase_if(plans, elsewhere);
  if (plans.size() != 1) return std::nullopt;
  return take(plans, lane, rest);
}

// A batch with `added`; nothing if one of its symbols would have to move.
std::optional<Replan> grow(const venue::Venue& venue, std::span<const Planned> lanes, int batch,
                           const Symbols& added, Types types) {
  Symbols symbols;
  Set seen;
  for (const Planned& lane : lanes) {
    if (lane.batch != batch) continue;
    for (const std::string& symbol : lane.connection.symbols)
      if (seen.insert(symbol).second) symbols.push_back(symbol);
  }
  if (symbols.empty()) return std::nullopt;
  symbols.insert(symbols.end(), added.begin(), added.end());
  std::vector<Connection> plans = venue.connections({symbols, types});
  Replan result;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (lanes[i].batch != batch) continue;
    const Connection& lane = lanes[i].connection;
    std::optional<Connection> plan = take(plans, lane, lane.symbols);
    if (!plan) return std::nullopt;
    if (!same(*plan, lane)) result.changed.emplace_back(i, *std::move(plan));
  }
  for (Connection& plan : plans) result.opened.push_back({std::move(plan), batch});
  return result;
}

}  // namespace

Replan replan(const venue::Venue& venue, std::span<const Planned> lanes,
              const venue::Subscription& wanted) {
  Replan result;
  const Set kept = set_of(wanted.symbols);
  Set carried;
  int last = 0;
  // What is left of the lanes; a closed one is of no batch any more.
  std::vector<Planned> left{lanes.begin(), lanes.end()};
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const Connection& lane = lanes[i].connection;
    carried.insert(lane.symbols.begin(), lane.symbols.end());
    last = std::max(last, lanes[i].batch);
    Symbols rest;
    std::ranges::copy_if(lane.symbols, std::back_inserter(rest),
                         [&](const std::string& s) { return kept.contains(s); });
    if (rest.size() == lane.symbols.size()) continue;
    if (rest.empty()) {
      result.closed.push_back(i);
      left[i].batch = -1;
    } else if (auto plan = plan_rest(venue, lane, rest, wanted.types)) {
      left[i].connection = *std::move(plan);
    }
  }
  Symbols added;
  std::ranges::copy_if(wanted.symbols, std::back_inserter(added),
                       [&](const std::string& s) { return !carried.contains(s); });
  if (!added.empty()) {
    std::optional<Replan> grown;
    if (last > 0) grown = grow(venue, left, last, added, wanted.types);
    if (grown) {
      for (auto& [i, plan] : grown->changed) left[i].connection = std::move(plan);
      result.opened = std::move(grown->opened);
    } else {
      for (Connection& plan : venue.connections({added, wanted.types}))
        result.opened.push_back({std::move(plan), last + 1});
    }
  }
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (left[i].batch >= 0 && !same(left[i].connection, lanes[i].connection))
      result.changed.emplace_back(i, std::move(left[i].connection));
  }
  return result;
}

}  // namespace md::record
