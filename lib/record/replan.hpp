// Replanning: other symbols for connections that are there, so that those which stay lose nothing.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "venue/venue.hpp"

namespace md::record {

// A planned connection and what it was planned with: those of one batch share the venue's limits.
struct Planned {
  venue::Connection connection;
  int batch = 0;  // 0: from the start
};

struct Replan {
  std::vector<std::size_t> closed;  // carries nothing that is wanted
  std::vector<std::pair<std::size_t, venue::Connection>> changed;
  std::vector<Planned> opened;
};

// What to do with `lanes` so that they carry `wanted`, of the same types as before. A symbol that
// stays keeps its connection; new ones are planned together with those of the last batch behind
// the first, and where that would move a symbol, in a batch of their own. A connection whose rest
// the venue would spread otherwise keeps what it carries.
Replan replan(const venue::Venue& venue, std::span<const Planned> lanes,
              const venue::Subscription& wanted);

}  // namespace md::record
