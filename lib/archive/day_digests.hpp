// DayDigests: what a stream's events are, day by day: by this an archive, a database and a lake are
// compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "codec/event_digest.hpp"
#include "model/event.hpp"

namespace md::archive {

struct Day {
  std::int64_t day = 0;  // since 1970-01-01, UTC
  codec::EventDigest digest;
  friend bool operator==(const Day&, const Day&) = default;
};

class DayDigests {
 public:
  // Days may come in any order, and again.
  void add(const Event& event);
  // Those with events, in their order.
  const std::vector<Day>& days() const { return days_; }

 private:
  std::vector<Day> days_;
  std::size_t at_ = 0;  // of the last event
  codec::EventDigester digester_;
};

}  // namespace md::archive
