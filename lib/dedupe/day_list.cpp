#include "dedupe/day_list.hpp"

#include "base/time.hpp"

namespace md::dedupe {

Result<void> list_days(const Recordings& recordings, const Reject& reject, const OnDays& on_days,
                       const std::atomic<bool>& stop) {
  for (const Reel& reel : recordings.reels) {
    for (const std::string& file : reel.files) {
      DayCounts days;
      ReelReader reader{{reel.recorder, {file}}};
      while (!stop) {
        MD_TRY(const bool more, reader.next(reject));
        if (!more) break;
        ++days[day_of(reader.key().timestamp)];
      }
      if (stop) return {};
      MD_CHECK(on_days(file, days));
    }
  }
  return {};
}

}  // namespace md::dedupe
