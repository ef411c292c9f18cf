#include "record/budget.hpp"

#include <algorithm>

namespace md::record {
namespace {

constexpr int kLeastShare = 20;
constexpr int kShareStep = 10;  // regained in each window without a refusal

}  // namespace

Budget::Budget(const venue::Limits& limits)
    : weight_(limits.rest_weight),
      window_ms_(limits.rest_window_ms),
      pace_(limits.rest_interval_ms),
      share_(venue::Limits::kRestShare) {}

std::int64_t Budget::spent(std::int64_t now_ms) const {
  std::int64_t sum = under_way_;
  for (const Entry& entry : entries_) sum += entry.until_ms > now_ms ? entry.weight : 0;
  return sum;
}

std::int64_t Budget::wait_ms(std::int64_t now_ms, std::int64_t weight) const {
  const std::int64_t pause = pace_.wait_ms(now_ms);
  if (weight_ == 0) return pause;
  std::int64_t sum = spent(now_ms);
  const auto fits = [&] { return sum == 0 || sum + weight <= allowed(); };
  if (fits()) return pause;
  for (const Entry& entry : entries_) {
    if (entry.until_ms <= now_ms) continue;
    sum -= entry.weight;
    if (fits()) return std::max(pause, entry.until_ms - now_ms);
  }
  // What is under way has to be answered first, and then to grow old.
  return std::max(pause, window_ms_);
}

void Budget::asked(std::int64_t now_ms, std::int64_t weight) {
  forget_past(now_ms);
  if (share_ < venue::Limits::kRestShare && now_ms - share_since_ms_ >= window_ms_) {
    share_ = std::min(share_ + kShareStep, venue::Limits::kRestShare);
    share_since_ms_ = now_ms;
  }
  under_way_ += weight;
  pace_.done(now_ms);
}

void Budget::answered(std::int64_t now_ms, std::int64_t weight, std::int64_t used) {
  forget_past(now_ms);
  under_way_ -= weight;
  if (weight_ == 0) return;
  entries_.push_back({now_ms + window_ms_, weight});
  // Others of our address ask too.
  if (const std::int64_t known = spent(now_ms); used > known)
    entries_.push_back({now_ms + window_ms_, used - known});
}

void Budget::refused(std::int64_t now_ms, std::int64_t hold_ms, bool banned) {
  ++(banned ? bans_ : refusals_);
  // Of several that were under way, the first has said it.
  if (!careful_) share_ = std::max(share_ / 2, kLeastShare);
  share_since_ms_ = now_ms + hold_ms;
  failed(now_ms, hold_ms);
}

void Budget::failed(std::int64_t now_ms, std::int64_t hold_ms) {
  careful_ = true;
  pace_.hold_until(now_ms + hold_ms);
}

void Budget::forget_past(std::int64_t now_ms) {
  while (!entries_.empty() && entries_.front().until_ms <= now_ms) entries_.pop_front();
}

}  // namespace md::record
