#include "book/book.hpp"

#include <algorithm>

namespace md::book {
namespace {

struct Ascending {  // bids: best last
  static bool before(const Decimal& a, const Decimal& b) { return a < b; }
};
struct Descending {  // asks: best last
  static bool before(const Decimal& a, const Decimal& b) { return a > b; }
};

template <typename Order>
void set_level(std::vector<Level>& side, const Level& level) {
  const auto at = std::lower_bound(
      side.begin(), side.end(), level.price,
      [](const Level& l, const Decimal& price) { return Order::before(l.price, price); });
  const bool present = at != side.end() && at->price == level.price;
  if (level.amount.is_zero()) {
    if (present) side.erase(at);
  } else if (present) {
    *at = level;  // the price too: its wire digits may differ
  } else {
    side.insert(at, level);
  }
}

template <typename Order>
void load(std::vector<Level>& side, std::span<const Level> levels) {
  side.clear();
  for (const Level& level : levels) {
    if (!level.amount.is_zero()) side.push_back(level);
  }
  const auto before = [](const Level& a, const Level& b) {
    return Order::before(a.price, b.price);
  };
  // Venues list best first, nearly always sorted.
  std::reverse(side.begin(), side.end());
  if (!std::is_sorted(side.begin(), side.end(), before))
    std::stable_sort(side.begin(), side.end(), before);
}

void cut(std::vector<Level>& side, std::size_t depth) {
  if (depth != 0 && side.size() > depth)
    side.erase(side.begin(), side.end() - static_cast<std::ptrdiff_t>(depth));
}

std::vector<Level> best(const std::vector<Level>& side, std::size_t depth) {
  const std::size_t count = depth == 0 ? side.size() : std::min(depth, side.size());
  return {side.rbegin(), side.rbegin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

void Book::apply(bool is_snapshot, std::span<const Level> bids, std::span<const Level> asks) {
  if (is_snapshot) {
    load<Ascending>(bids_, bids);
    load<Descending>(asks_, asks);
  } else {
    for (const Level& level : bids) set_level<Ascending>(bids_, level);
    for (const Level& level : asks) set_level<Descending>(asks_, level);
  }
  cut(bids_, depth_);
  cut(asks_, depth_);
}

void Book::apply(const BookChange& change) { apply(change.is_snapshot, change.bids, change.asks); }

void Book::clear() {
  bids_.clear();
  asks_.clear();
}

std::vector<Level> Book::best_bids(std::size_t depth) const { return best(bids_, depth); }
std::vector<Level> Book::best_asks(std::size_t depth) const { return best(asks_, depth); }

}  // namespace md::book
