// SeenWindow: which messages came lately, and from whom. Fixed memory: the oldest message is
// forgotten for each new one.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.hpp"
#include "base/time.hpp"

namespace md::dedupe {

using Recorders = std::uint64_t;  // a set of recorders: bit r for recorder r
constexpr int kMaxRecorders = 64;

class SeenWindow {
 public:
  struct Entry {
    Hash128 key;
    Micros local_timestamp = 0;
    Recorders recorders = 0;
    std::uint32_t slot = 0;   // of the held message, as the caller knows it
    std::uint32_t older = 0;  // the entry of the same key before this one; kNone
    std::uint32_t newer = 0;
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  // About 80 bytes for each of `capacity` messages; less than 2^31 of them.
  explicit SeenWindow(std::size_t capacity);

  // A key that means one message, whoever sends it and however often: its entry, or kNone.
  std::uint32_t find(const Hash128& key) const;
  // A key that may come again as a message of its own: an entry that `recorder` has not matched
  // yet. One with the very same time goes first, then the oldest received within `tolerance` of
  // `local_timestamp`.
  std::uint32_t find_unmatched(const Hash128& key, int recorder, Micros local_timestamp,
                               Micros tolerance) const;
  // A new message. May forget the oldest.
  std::uint32_t add(const Hash128& key, int recorder, Micros local_timestamp);

  Entry& operator[](std::uint32_t index) { return entries_[index]; }

 private:
  // Has a part of the key beside the entry: nearly all other keys are known by it, and an entry
  // lies far off in memory.
  struct Cell {
    std::uint32_t entry = kNone;
    std::uint32_t part = 0;
  };
  static std::uint32_t part_of(const Hash128& key) {
    return static_cast<std::uint32_t>(key.low ^ (key.high >> 7));
  }
  std::size_t find_cell(const Hash128& key) const;  // where the key is, or would be
  void forget(std::uint32_t index);

  std::vector<Entry> entries_;  // a ring
  std::vector<Cell> cells_;     // open addressing, from part & mask_: newest entry of a key
  std::size_t mask_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace md::dedupe
