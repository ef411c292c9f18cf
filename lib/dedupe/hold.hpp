// Hold: the messages between reading and writing, in the order in which they will be written.
// Bounded by count and bytes; a steady state allocates nothing.
//
//   order_ (by Order)      [ t1 | t2 | t3 | ... ]  -> slots
//   slots_                 what is known of each message
//   ring_                  their lines, in the order of arrival: one block, reused from its begin
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "dedupe/seen_window.hpp"
#include "dedupe/stream_table.hpp"

namespace md::dedupe {

using Slot = std::uint32_t;
constexpr Slot kNoSlot = ~Slot{0};

struct Held {
  Micros local_timestamp = 0;
  Micros timestamp = 0;
  // What orders messages of one stream and time: seq, a numeric id, or 0.
  std::int64_t number = 0;
  std::uint64_t arrival = 0;
  std::int64_t prev_seq = 0;
  std::int64_t seq = 0;
  Recorders recorders = 0;  // who sent it
  StreamId stream = 0;
  std::uint32_t seen = SeenWindow::kNone;  // its entry in the SeenWindow
  std::uint32_t length = 0;
  std::int8_t recorder = 0;  // the first of them
  bool has_prev_seq = false;
  bool has_seq = false;
  bool is_snapshot = false;
  bool rebuilt = false;
  bool live = false;
};

class Hold {
 public:
  // At most `messages` messages and `bytes` bytes of lines at a time.
  Hold(std::size_t messages, std::size_t bytes, const StreamTable& streams);
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  // Must be released before a line of `length` can be added.
  bool full(std::size_t length) const {
    return count_ >= capacity_ || (count_ > 0 && bytes_ + length > byte_capacity_);
  }
  bool empty() const { return count_ == 0; }

  // Not if full(length). The line is copied.
  Slot add(const Held& message, std::string_view line);
  // First in order.
  Slot front();
  void remove(Slot slot);

  Held& operator[](Slot slot) { return slots_[slot].message; }
  const Held& operator[](Slot slot) const { return slots_[slot].message; }
  // Valid until the next add(). codec::kPadding bytes behind it can be read.
  std::string_view line(Slot slot) const;

 private:
  struct Cell {
    Held message;
    std::size_t offset = 0;         // in ring_
    std::unique_ptr<char[]> alone;  // a line that is not in the ring
  };
  // A line's place in the ring; lines lie in arrival order.
  struct Place {
    std::uint64_t arrival = 0;
    Slot slot = kNoSlot;
    std::size_t offset = 0;
    std::size_t size = 0;
  };
  struct Ordered {
    Micros local_timestamp;
    Slot slot;
  };

  bool less(Slot a, Slot b) const;
  void insert_ordered(Slot slot);
  bool find_room(std::size_t size, std::size_t& offset);
  void make_room();
  bool is_current(const Place& place) const;
  void push_place(const Place& place);
  void pop_place();

  const StreamTable& streams_;
  std::size_t capacity_;
  std::size_t byte_capacity_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t arrivals_ = 0;

  std::vector<Cell> slots_;
  std::vector<Slot> free_;
  std::vector<Ordered>
      order_;  // from order_begin_ on; removed slots stay until they reach the front
  std::size_t order_begin_ = 0;

  std::unique_ptr<char[]> ring_;
  std::size_t ring_size_;
  std::vector<Place> places_;  // a ring too
  std::size_t places_begin_ = 0;
  std::size_t places_count_ = 0;
};

}  // namespace md::dedupe
