#include "book/group.hpp"

#include <algorithm>

namespace md::book {

std::vector<std::string_view> Group::join(std::uint32_t connection,
                                          std::span<const std::string_view> symbols, Micros now) {
  members_.push_back(connection);
  overlapped_ = overlapped_ || members_.size() > 1;
  alone_since_ = now;
  std::vector<std::string_view> fresh;
  for (const std::string_view symbol : symbols)
    if (++carriers_[std::string(symbol)] == 1) fresh.push_back(symbol);
  return fresh;
}

std::vector<std::string_view> Group::leave(std::uint32_t connection,
                                           std::span<const std::string> symbols, Micros now) {
  std::erase(members_, connection);
  alone_since_ = now;
  std::vector<std::string_view> gone;
  for (const std::string& symbol : symbols) {
    const auto found = carriers_.find(symbol);
    if (found == carriers_.end() || --found->second != 0) continue;
    carriers_.erase(found);
    gone.push_back(symbol);
  }
  return gone;
}

// Who is left may still bring what the other had brought before it went.
bool Group::overlaps(Micros now) {
  if (members_.size() > 1) return true;
  if (!overlapped_) return false;
  if (now - alone_since_ <= Repeats::kWindow) return true;
  overlapped_ = false;
  repeats.clear();
  return false;
}

}  // namespace md::book
