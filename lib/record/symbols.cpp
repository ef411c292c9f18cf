#include "record/symbols.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/symbol.hpp"

namespace md::record {
namespace {

constexpr std::size_t kShown = 8;
constexpr std::size_t kNear = 3;  // edits that make a name no longer near

// Levenshtein's: insertions, deletions and substitutions of bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

// Listed names near `wanted`, nearest first: few edits away, or beginning with what was typed.
std::vector<std::string_view> near_names(std::span<const venue::Market> markets,
                                         std::string_view wanted) {
  const std::string key = symbol_key(wanted);
  std::multimap<std::size_t, std::string_view> near;
  for (const venue::Market& market : markets) {
    const std::string other = symbol_key(market.symbol);
    const std::size_t edits = distance(key, other);
    if (edits < std::min(kNear, key.size())) {
      near.emplace(edits, market.symbol);
    } else if (!key.empty() && other.starts_with(key)) {
      near.emplace(kNear + other.size(), market.symbol);
    }
  }
  std::vector<std::string_view> names;
  for (const auto& [edits, name] : near) {
    if (names.size() < kShown) names.push_back(name);
  }
  return names;
}

Error unknown(std::span<const venue::Market> markets, std::string_view wanted) {
  const auto near = near_names(markets, wanted);
  if (near.empty()) return {Errc::usage, fmt::format("unknown symbol '{}'", wanted)};
  return {Errc::usage, fmt::format("unknown symbol '{}'; near: {}", wanted, fmt::join(near, ", "))};
}

using Candidates = std::vector<const venue::Market*>;

Result<std::string> choose(Candidates candidates, std::string_view wanted) {
  // A market that closed does not stand in the way of the one that trades under its name.
  const auto active = [](const venue::Market* market) { return market->active; };
  if (std::any_of(candidates.begin(), candidates.end(), active)) {
    std::erase_if(candidates, [&](const venue::Market* market) { return !active(market); });
  }
  std::vector<std::string_view> names;
  for (const venue::Market* market : candidates) {
    if (std::find(names.begin(), names.end(), market->symbol) == names.end())
      names.push_back(market->symbol);
  }
  if (names.size() == 1) return std::string{names.front()};
  return Error{Errc::usage,
               fmt::format("symbol '{}' is ambiguous: {}", wanted, fmt::join(names, ", "))};
}

}  // namespace

Result<std::vector<std::string>> match_symbols(std::span<const venue::Market> markets,
                                               std::span<const std::string> wanted) {
  std::unordered_set<std::string_view> listed;
  std::unordered_map<std::string, Candidates> by_key;
  for (const venue::Market& market : markets) {
    listed.insert(market.symbol);
    by_key[symbol_key(market.symbol)].push_back(&market);
  }
  std::vector<std::string> found;
  for (const std::string& name : wanted) {
    std::string symbol = name;
    if (!listed.contains(name)) {
      const auto candidates = by_key.find(symbol_key(name));
      if (candidates == by_key.end()) return unknown(markets, name);
      MD_TRY(symbol, choose(candidates->second, name));
    }
    if (std::find(found.begin(), found.end(), symbol) == found.end())
      found.push_back(std::move(symbol));
  }
  return found;
}

}  // namespace md::record
