#include "record/meter.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace md::record {

std::size_t Delays::bucket_of(Micros delay) {
  if (delay < static_cast<Micros>(kExact))
    return static_cast<std::size_t>(std::max<Micros>(delay, 0));
  const auto value = static_cast<std::uint64_t>(delay);
  const auto power = static_cast<std::size_t>(std::bit_width(value)) - 1;  // 5 or more
  const auto sixteenth = static_cast<std::size_t>(value >> (power - 4)) & 15;
  return std::min(kExact + (power - 5) * 16 + sixteenth, kBuckets - 1);
}

Micros Delays::middle_of(std::size_t bucket) {
  if (bucket < kExact) return static_cast<Micros>(bucket);
  const std::size_t power = (bucket - kExact) / 16 + 5;
  const auto sixteenth = static_cast<Micros>((bucket - kExact) % 16);
  return ((16 + sixteenth) << (power - 4)) + (Micros{1} << (power - 5));
}

void Delays::add(Micros delay) {
  Window& window = windows_[now_];
  if (window.count == 0 || delay < window.least) window.least = delay;
  ++window.count;
  ++window.buckets[bucket_of(delay)];
  ++count_;
  // A venue's clock may be anything: beyond 300,000 years of delay the sum stays as it is.
  Micros sum = 0;
  if (!__builtin_add_overflow(sum_, delay, &sum)) sum_ = sum;
}

void Delays::turn() {
  now_ ^= 1;
  windows_[now_] = {};
}

std::optional<Micros> Delays::least() const {
  std::optional<Micros> least;
  for (const Window& window : windows_) {
    if (window.count != 0) least = std::min(least.value_or(window.least), window.least);
  }
  return least;
}

std::optional<Micros> Delays::quantile(double q) const {
  const std::uint64_t count = std::uint64_t{windows_[0].count} + windows_[1].count;
  if (count == 0) return std::nullopt;
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count))));
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  while (bucket + 1 < kBuckets) {
    seen += std::uint64_t{windows_[0].buckets[bucket]} + windows_[1].buckets[bucket];
    if (seen >= wanted) break;
    ++bucket;
  }
  return bucket == 0 ? std::min<Micros>(*least(), 0) : middle_of(bucket);
}

void Meter::on_event(const Event& event) {
  if (const Gap* const gap = event.as<Gap>()) {
    ++gaps_[static_cast<std::size_t>(gap->reason)];
  } else if (event.timestamp != event.local_timestamp && event.type() <= Type::book_ticker) {
    // A snapshot is as old as the book's last change, tickers and liquidations may be repeated, and
    // where both times are the same the venue gave none.
    const BookChange* const change = event.as<BookChange>();
    if (change == nullptr || !change->is_snapshot)
      delays_.add(event.local_timestamp - event.timestamp);
  }
  if (next_ != nullptr) next_->on_event(event);
}

}  // namespace md::record
