// Market lists as lines, for the tests of adapters.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "session_probe.hpp"
#include "venue/registry.hpp"

namespace md::venue {

// "symbol base/quote kind active tick step contract_size", a line each.
inline std::vector<std::string> markets(std::string_view venue, std::string_view list) {
  std::vector<Market> out;
  const Padded padded{list};
  const auto read = find(venue)->read_markets(padded.view(), out);
  if (!read) return {read.error().message};
  std::vector<std::string> lines;
  for (const Market& m : out) {
    lines.push_back(fmt::format("{} {}/{} {} {} {} {} {}", m.symbol, m.base, m.quote, m.kind,
                                m.active ? "on" : "off", m.tick.to_text(), m.step.to_text(),
                                m.contract_size.to_text()));
  }
  return lines;
}

}  // namespace md::venue
