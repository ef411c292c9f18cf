#include "book/repeats.hpp"

#include <algorithm>

namespace md::book {

bool Repeats::has(std::uint64_t content, std::uint32_t connection, Micros now) {
  while (!order_.empty() && (now - order_.front().first > kWindow || order_.size() >= kMost)) {
    said_.erase(order_.front().second);
    order_.pop_front();
  }
  const auto [entry, is_new] = said_.try_emplace(content);
  if (is_new) order_.emplace_back(now, content);
  Said& said = entry->second;
  auto by = std::ranges::find(said.by, connection, &std::pair<std::uint32_t, std::uint32_t>::first);
  if (by == said.by.end()) by = said.by.emplace(said.by.end(), connection, 0);
  if (++by->second <= said.given) return true;
  said.given = by->second;
  return false;
}

void Repeats::clear() {
  said_.clear();
  order_.clear();
}

}  // namespace md::book
