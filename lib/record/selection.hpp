// Selection: which markets of a venue's list are wanted: some by name, or all that fit.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "venue/venue.hpp"

namespace md::record {

class Selection {
 public:
  struct Options {
    std::vector<std::string> names{};   // as people type them
    bool all = false;                   // all that trade
    std::vector<std::string> quotes{};  // all that trade against one of these, in any case
    std::string match{};                // all that trade and whose symbol has this in it: a POSIX
                                        // extended regular expression, in any case
  };
  static constexpr std::size_t kLongestPattern = 256;

  // usage: nothing is chosen; names beside another choice; a bad or too long pattern.
  static Result<Selection> create(const Options& options);

  // Chosen by what they are, so that markets to come may be too.
  bool follows() const { return options_.names.empty(); }
  const std::vector<std::string>& names() const { return options_.names; }

  // The venue's names of the markets, each once. usage: as match_symbols(); no market fits.
  Result<std::vector<std::string>> choose(std::span<const venue::Market> markets) const;

 private:
  struct Pattern;
  bool fits(const venue::Market& market) const;

  Options options_;
  std::shared_ptr<const Pattern> pattern_;  // null = any
};

}  // namespace md::record
