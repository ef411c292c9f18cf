// Book: the levels of one market, rebuilt from snapshots and changes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/event.hpp"

namespace md::book {

class Book {
 public:
  // Keeps at most `depth` levels a side (0 = all): some venues do not say when a level falls out of
  // their depth.
  explicit Book(int depth = 0) : depth_(static_cast<std::size_t>(depth)) {}

  void apply(const BookChange& change);
  void apply(bool is_snapshot, std::span<const Level> bids, std::span<const Level> asks);
  void clear();

  // Best level last: changes happen near the end of the vectors.
  std::span<const Level> bids_worst_first() const { return bids_; }
  std::span<const Level> asks_worst_first() const { return asks_; }
  // The `depth` best levels of a side (0 = all), best first.
  std::vector<Level> best_bids(std::size_t depth) const;
  std::vector<Level> best_asks(std::size_t depth) const;
  const Level* best_bid() const { return bids_.empty() ? nullptr : &bids_.back(); }
  const Level* best_ask() const { return asks_.empty() ? nullptr : &asks_.back(); }
  // Best bid at or above best ask.
  bool crossed() const {
    return !bids_.empty() && !asks_.empty() && bids_.back().price >= asks_.back().price;
  }
  bool empty() const { return bids_.empty() && asks_.empty(); }

 private:
  std::size_t depth_;
  std::vector<Level> bids_;  // ascending
  std::vector<Level> asks_;  // descending
};

}  // namespace md::book
