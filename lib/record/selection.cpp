#include "record/selection.hpp"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <array>

#include "base/symbol.hpp"
#include "record/symbols.hpp"

namespace md::record {

// The C library's, whose time does not explode with what is searched, as that of std::regex does.
struct Selection::Pattern {
  explicit Pattern(const std::string& text)
      : failure(regcomp(&compiled, text.c_str(), REG_EXTENDED | REG_ICASE | REG_NOSUB)) {}
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern() {
    if (failure == 0) regfree(&compiled);
  }
  std::string why() const {
    std::array<char, 128> text{};
    regerror(failure, &compiled, text.data(), text.size());
    return text.data();
  }
  bool found_in(const std::string& text) const {
    return regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  }

  regex_t compiled{};
  int failure = 0;
};

Result<Selection> Selection::create(const Options& options) {
  const bool by_kind = options.all || !options.quotes.empty() || !options.match.empty();
  if (!by_kind && options.names.empty())
    return Error{Errc::usage, "SYMBOL is missing; --list-markets shows them"};
  if (by_kind && !options.names.empty()) {
    return Error{Errc::usage,
                 fmt::format("{} takes no SYMBOL", options.all              ? "--all"
                                                   : options.quotes.empty() ? "--match"
                                                                            : "--quote")};
  }
  Selection selection;
  selection.options_ = options;
  for (std::string& quote : selection.options_.quotes) quote = to_upper(quote);
  if (options.match.empty()) return selection;
  if (options.match.size() > kLongestPattern) {
    return Error{Errc::usage,
                 fmt::format("--match: a pattern has {} bytes at most", kLongestPattern)};
  }
  const auto pattern = std::make_shared<const Pattern>(options.match);
  if (pattern->failure != 0) {
    return Error{Errc::usage,
                 fmt::format("--match: bad pattern '{}': {}", options.match, pattern->why())};
  }
  selection.pattern_ = pattern;
  return selection;
}

bool Selection::fits(const venue::Market& market) const {
  if (!market.active) return false;
  const auto& quotes = options_.quotes;
  if (!quotes.empty() &&
      std::find(quotes.begin(), quotes.end(), to_upper(market.quote)) == quotes.end())
    return false;
  return pattern_ == nullptr || pattern_->found_in(market.symbol);
}

Result<std::vector<std::string>> Selection::choose(std::span<const venue::Market> markets) const {
  if (!follows()) return match_symbols(markets, options_.names);
  std::vector<std::string> symbols;
  for (const venue::Market& market : markets) {
    if (fits(market)) symbols.push_back(market.symbol);
  }
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  if (symbols.empty()) return Error{Errc::usage, "no market that trades fits what is asked"};
  return symbols;
}

}  // namespace md::record
