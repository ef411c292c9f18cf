#include "book/missing_ids.hpp"

namespace md::book {

MissingIds::Verdict MissingIds::add(std::int64_t id, Micros time, std::optional<IdHole>& closed) {
  if (!lowest_) {
    lowest_ = highest_ = id;
    lowest_time_ = highest_time_ = time;
    return Verdict::next;
  }
  if (id > highest_) {
    if (id > highest_ + 1) open({highest_ + 1, id - 1, highest_time_, time}, closed);
    highest_ = id;
    highest_time_ = time;
    return Verdict::next;
  }
  if (id < *lowest_) {
    if (id < *lowest_ - 1) open({id + 1, *lowest_ - 1, time, lowest_time_}, closed);
    lowest_ = id;
    lowest_time_ = time;
    return Verdict::filled;
  }
  auto at = holes_.upper_bound(id);
  if (at == holes_.begin() || (--at)->second.last < id) return Verdict::repeated;
  const IdHole hole = at->second;
  holes_.erase(at);
  if (hole.first < id) open({hole.first, id - 1, hole.from, hole.to}, closed);
  if (id < hole.last) open({id + 1, hole.last, hole.from, hole.to}, closed);
  return Verdict::filled;
}

void MissingIds::open(IdHole hole, std::optional<IdHole>& closed) {
  holes_.emplace(hole.first, hole);
  if (holes_.size() <= kMaxHoles) return;
  closed = holes_.begin()->second;
  holes_.erase(holes_.begin());
}

}  // namespace md::book
