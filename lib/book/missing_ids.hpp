// MissingIds: of trade ids that rise by one, those that did not come. A late or backfilled trade
// closes its hole again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/time.hpp"

namespace md::book {

struct IdHole {
  std::int64_t first = 0;  // missing
  std::int64_t last = 0;
  Micros from = 0;  // localTimestamp of the trade before
  Micros to = 0;    // and after
};

class MissingIds {
 public:
  enum class Verdict : std::uint8_t { next, filled, repeated };

  // A trade. If holes become too many, the lowest is given out in `closed`: it will not be filled
  // any more.
  Verdict add(std::int64_t id, Micros time, std::optional<IdHole>& closed);
  // What is still missing, by id.
  const std::map<std::int64_t, IdHole>& holes() const { return holes_; }
  // Of all that came; 0 before the first.
  std::int64_t lowest() const { return lowest_.value_or(0); }

  static constexpr std::size_t kMaxHoles = 4096;

 private:
  void open(IdHole hole, std::optional<IdHole>& closed);

  std::map<std::int64_t, IdHole> holes_;  // by first
  std::optional<std::int64_t> lowest_;
  std::int64_t highest_ = 0;
  Micros lowest_time_ = 0;
  Micros highest_time_ = 0;
};

}  // namespace md::book
