#include "dedupe/hold.hpp"

#include <algorithm>
#include <cstring>

#include "codec/line_reader.hpp"

namespace md::dedupe {

// Lines longer than this share of the ring lie alone, on the heap.
constexpr std::size_t kAloneShare = 8;

Hold::Hold(std::size_t messages, std::size_t bytes, const StreamTable& streams)
    : streams_(streams),
      capacity_(messages),
      byte_capacity_(bytes),
      // Larger than what is held: room at the end that no line fits, and between messages that left
      // out of turn.
      ring_size_(bytes + bytes / 4),
      places_(messages + 1) {
  ring_ = std::make_unique_for_overwrite<char[]>(ring_size_ + codec::kPadding);
}

bool Hold::less(Slot a, Slot b) const {
  const Held& x = (*this)[a];
  const Held& y = (*this)[b];
  if (x.local_timestamp != y.local_timestamp) return x.local_timestamp < y.local_timestamp;
  if (x.stream != y.stream) {
    const Stream& s = streams_[x.stream];
    const Stream& t = streams_[y.stream];
    if (before(s, t)) return true;
    if (before(t, s)) return false;
  }
  if (x.number != y.number) return x.number < y.number;
  // A snapshot stands before the change that leads from it.
  if (x.has_seq && x.is_snapshot != y.is_snapshot) return x.is_snapshot;
  if (x.timestamp != y.timestamp && streams_[x.stream].rule != Rule::follow)
    return x.timestamp < y.timestamp;
  return x.arrival < y.arrival;
}

Slot Hold::add(const Held& message, std::string_view line) {
  Slot slot;
  if (free_.empty()) {
    slot = static_cast<Slot>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Cell& cell = slots_[slot];
  cell.message = message;
  cell.message.arrival = ++arrivals_;
  cell.message.length = static_cast<std::uint32_t>(line.size());
  cell.message.live = true;
  ++count_;
  bytes_ += line.size();

  if (line.size() + codec::kPadding > ring_size_ / kAloneShare) {
    cell.alone = std::make_unique_for_overwrite<char[]>(line.size() + codec::kPadding);
    std::memcpy(cell.alone.get(), line.data(), line.size());
  } else {
    while (places_count_ == places_.size() || !find_room(line.size(), cell.offset)) make_room();
    std::memcpy(ring_.get() + cell.offset, line.data(), line.size());
    push_place({cell.message.arrival, slot, cell.offset, line.size()});
  }
  insert_ordered(slot);
  return slot;
}

void Hold::insert_ordered(Slot slot) {
  const Micros time = slots_[slot].message.local_timestamp;
  if (order_begin_ > 4096 && order_begin_ > order_.size() / 2) {
    order_.erase(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(order_begin_));
    order_begin_ = 0;
  }
  const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(order_begin_);
  auto at = order_.end();
  if (at != begin && time <= at[-1].local_timestamp) {
    at = std::upper_bound(begin, order_.end(), Ordered{time, slot},
                          [this](const Ordered& a, const Ordered& b) {
                            if (a.local_timestamp != b.local_timestamp)
                              return a.local_timestamp < b.local_timestamp;
                            return less(a.slot, b.slot);
                          });
  }
  order_.insert(at, Ordered{time, slot});
}

Slot Hold::front() { return order_[order_begin_].slot; }

void Hold::remove(Slot slot) {
  Cell& cell = slots_[slot];
  cell.message.live = false;
  cell.alone.reset();
  --count_;
  bytes_ -= cell.message.length;
  // A slot is free for another message only when no place in the order names it any more.
  while (order_begin_ != order_.size() && !slots_[order_[order_begin_].slot].message.live) {
    free_.push_back(order_[order_begin_++].slot);
  }
}

std::string_view Hold::line(Slot slot) const {
  const Cell& cell = slots_[slot];
  return {cell.alone ? cell.alone.get() : ring_.get() + cell.offset, cell.message.length};
}

// Lines lie between the first place's begin and the last one's end, round the ring's end or not.
bool Hold::find_room(std::size_t size, std::size_t& offset) {
  if (places_count_ == 0) {
    offset = 0;
    return true;
  }
  const std::size_t begin = places_[places_begin_].offset;
  const Place& last = places_[(places_begin_ + places_count_ - 1) % places_.size()];
  const std::size_t end = last.offset + last.size;
  if (last.offset >= begin) {
    if (ring_size_ - end >= size) {
      offset = end;
      return true;
    }
    offset = 0;
    return begin > size;
  }
  offset = end;
  return begin - end > size;
}

bool Hold::is_current(const Place& place) const {
  const Cell& cell = slots_[place.slot];
  return cell.message.live && cell.message.arrival == place.arrival && !cell.alone;
}

// Frees the oldest line's bytes; if its message waits still (a clock far ahead), the line moves to
// the heap.
void Hold::make_room() {
  const Place& place = places_[places_begin_];
  if (is_current(place)) {
    Cell& cell = slots_[place.slot];
    cell.alone = std::make_unique_for_overwrite<char[]>(place.size + codec::kPadding);
    std::memcpy(cell.alone.get(), ring_.get() + place.offset, place.size);
  }
  pop_place();
}

void Hold::push_place(const Place& place) {
  places_[(places_begin_ + places_count_) % places_.size()] = place;
  ++places_count_;
}

void Hold::pop_place() {
  places_begin_ = (places_begin_ + 1) % places_.size();
  --places_count_;
}

}  // namespace md::dedupe
