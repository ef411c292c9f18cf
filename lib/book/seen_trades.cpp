#include "book/seen_trades.hpp"

#include <algorithm>

namespace md::book {
namespace {
constexpr std::size_t kFirst = 16;
}  // namespace

bool SeenTrades::match(std::uint64_t key, Carriers who) {
  if (count_ == 0) return false;
  for (std::uint32_t at = newest_[key & mask()]; kept(at); at = ring_[at & mask()].older) {
    Entry& entry = ring_[at & mask()];
    if (entry.key != key || (entry.carriers & who) != 0) continue;
    entry.carriers |= who;
    return true;
  }
  return false;
}

bool SeenTrades::contains(std::uint64_t key) const {
  if (count_ == 0) return false;
  for (std::uint32_t at = newest_[key & mask()]; kept(at); at = ring_[at & mask()].older) {
    if (ring_[at & mask()].key == key) return true;
  }
  return false;
}

void SeenTrades::add(std::uint64_t key, Carriers who) {
  if (count_ == ring_.size() && count_ < kMost) grow();
  std::uint32_t& newest = newest_[key & mask()];
  ring_[next_ & mask()] = {key, newest, who};
  newest = next_++;
  count_ = std::min(count_ + 1, mask() + 1);
}

void SeenTrades::pass_on(Carriers who, Carriers heir) {
  for (Entry& entry : ring_) {
    if ((entry.carriers & who) != 0) entry.carriers = (entry.carriers & ~who) | heir;
  }
}

void SeenTrades::grow() {
  const std::vector<Entry> before = std::move(ring_);
  const std::uint32_t count = count_;
  ring_.assign(std::max(kFirst, 2 * before.size()), {});
  newest_.assign(ring_.size(), 0);
  std::uint32_t number = next_ - count;
  next_ = 1;
  count_ = 0;
  for (std::uint32_t i = 0; i < count; ++i, ++number) {
    const Entry& entry = before[number & (before.size() - 1)];
    add(entry.key, entry.carriers);
  }
}

}  // namespace md::book
