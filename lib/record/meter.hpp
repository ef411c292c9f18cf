// Meter: counts what passes on its way from the feed to the lines. An event costs an addition or
// two, never a look at a clock; all is read by the loop's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "model/event.hpp"

namespace md::record {

// How late events come: localTimestamp minus timestamp. Keeps the last one to two minutes in
// buckets a sixteenth apart, 5 KiB.
class Delays {
 public:
  void add(Micros delay);
  // Forgets the older half of what is kept; to be called each kWindowMs.
  void turn();
  static constexpr std::int64_t kWindowMs = 60'000;

  // The delay that a share of `q` (0 to 1) of the events did not exceed, to 4 %; nothing without
  // events. Events from the future all count as the least delay.
  std::optional<Micros> quantile(double q) const;
  // Exact. Our clock is ahead of the venue's by this at most; behind by at least as much where it
  // is negative.
  std::optional<Micros> least() const;
  std::uint64_t count() const { return count_; }  // since the start, as is
  Micros sum() const { return sum_; }

 private:
  // Below kExact one each, then sixteen for each power of two, up to 2^42 us = 50 days.
  static constexpr std::size_t kExact = 32;
  static constexpr std::size_t kBuckets = kExact + 37 * 16;
  struct Window {
    std::array<std::uint32_t, kBuckets> buckets{};
    std::uint32_t count = 0;
    Micros least = 0;
  };

  static std::size_t bucket_of(Micros delay);
  static Micros middle_of(std::size_t bucket);

  std::array<Window, 2> windows_;
  std::size_t now_ = 0;  // the window that is filled
  std::uint64_t count_ = 0;
  Micros sum_ = 0;
};

class Meter final : public EventSink {
 public:
  // `next`, which may be null, gets every event.
  explicit Meter(EventSink* next) : next_(next) {}

  void on_event(const Event& event) override;
  Delays& delays() { return delays_; }
  const Delays& delays() const { return delays_; }
  const std::array<std::uint64_t, kGapReasons>& gaps() const { return gaps_; }  // by GapReason

 private:
  EventSink* next_;
  Delays delays_;
  std::array<std::uint64_t, kGapReasons> gaps_{};
};

}  // namespace md::record
