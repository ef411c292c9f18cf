#include "record/connect_limits.hpp"

#include <algorithm>

namespace md::record {

std::int64_t ConnectLimits::book_ms(const net::Url& url, std::int64_t interval_ms,
                                    std::int64_t now_ms) {
  Host& host = hosts_[key(url)];
  host.interval_ms = std::max(host.interval_ms, interval_ms);
  const std::int64_t begin_ms = std::max({now_ms, host.next_ms, host.held_until_ms});
  host.next_ms = begin_ms + host.interval_ms;
  return begin_ms - now_ms;
}

void ConnectLimits::hold_until(const net::Url& url, std::int64_t time_ms) {
  Host& host = hosts_[key(url)];
  host.held_until_ms = std::max(host.held_until_ms, time_ms);
}

std::int64_t ConnectLimits::held_ms(const net::Url& url, std::int64_t now_ms) const {
  const auto found = hosts_.find(key(url));
  if (found == hosts_.end()) return 0;
  return std::max<std::int64_t>(0, found->second.held_until_ms - now_ms);
}

}  // namespace md::record
