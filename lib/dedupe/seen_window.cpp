#include "dedupe/seen_window.hpp"

#include <bit>

namespace md::dedupe {

SeenWindow::SeenWindow(std::size_t capacity)
    : entries_(capacity), cells_(std::bit_ceil(2 * capacity)), mask_(cells_.size() - 1) {}

std::size_t SeenWindow::find_cell(const Hash128& key) const {
  const std::uint32_t part = part_of(key);
  for (std::size_t at = part & mask_;; at = (at + 1) & mask_) {
    const Cell& cell = cells_[at];
    if (cell.entry == kNone || (cell.part == part && entries_[cell.entry].key == key)) return at;
  }
}

std::uint32_t SeenWindow::find(const Hash128& key) const { return cells_[find_cell(key)].entry; }

std::uint32_t SeenWindow::find_unmatched(const Hash128& key, int recorder, Micros local_timestamp,
                                         Micros tolerance) const {
  const Recorders bit = Recorders{1} << recorder;
  std::uint32_t best = kNone;
  // Newest first, so that a content repeated through the whole window costs only what is near in
  // time.
  for (std::uint32_t at = find(key); at != kNone; at = entries_[at].older) {
    const Entry& entry = entries_[at];
    if (entry.local_timestamp < local_timestamp - tolerance) break;
    if ((entry.recorders & bit) != 0 || entry.local_timestamp > local_timestamp + tolerance)
      continue;
    best = at;
    if (entry.local_timestamp == local_timestamp) break;
  }
  return best;
}

std::uint32_t SeenWindow::add(const Hash128& key, int recorder, Micros local_timestamp) {
  const auto index = static_cast<std::uint32_t>(next_);
  next_ = next_ + 1 == entries_.size() ? 0 : next_ + 1;
  if (count_ == entries_.size()) {
    forget(index);
  } else {
    ++count_;
  }
  const std::size_t cell = find_cell(key);
  const std::uint32_t older = cells_[cell].entry;
  if (older != kNone) entries_[older].newer = index;
  entries_[index] = Entry{key, local_timestamp, Recorders{1} << recorder, kNone, older, kNone};
  cells_[cell] = {index, part_of(key)};
  return index;
}

// The oldest entry of all is also the oldest of its key.
void SeenWindow::forget(std::uint32_t index) {
  const Entry& entry = entries_[index];
  if (entry.newer != kNone) {
    entries_[entry.newer].older = kNone;
    return;
  }
  // Without tombstones: whoever was pushed over this cell moves back into it.
  std::size_t hole = find_cell(entry.key);
  for (std::size_t cell = (hole + 1) & mask_; cells_[cell].entry != kNone;
       cell = (cell + 1) & mask_) {
    const std::size_t want = cells_[cell].part & mask_;
    if (((cell - want) & mask_) >= ((cell - hole) & mask_)) {
      cells_[hole] = cells_[cell];
      hole = cell;
    }
  }
  cells_[hole] = {};
}

}  // namespace md::dedupe
