#include "archive/day_digests.hpp"

#include <algorithm>

#include "base/time.hpp"

namespace md::archive {

void DayDigests::add(const Event& event) {
  const std::int64_t day = day_of(event.timestamp);
  if (at_ >= days_.size() || days_[at_].day != day) {
    auto found = std::lower_bound(days_.begin(), days_.end(), day,
                                  [](const Day& d, std::int64_t wanted) { return d.day < wanted; });
    if (found == days_.end() || found->day != day) found = days_.insert(found, Day{day, {}});
    at_ = static_cast<std::size_t>(found - days_.begin());
  }
  digester_.add(days_[at_].digest, event);
}

}  // namespace md::archive
