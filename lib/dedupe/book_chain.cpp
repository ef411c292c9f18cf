#include "dedupe/book_chain.hpp"

#include <algorithm>

namespace md::dedupe {
namespace {

// How far above the state reached a step over it is looked for: more messages than any venue folds
// into one.
constexpr std::size_t kLookahead = 4096;

bool leads_on(const Held& step, std::int64_t from) {
  if (step.is_snapshot) return false;
  if (!step.has_prev_seq) return step.seq > from;
  return step.prev_seq <= from && from < step.seq;
}

}  // namespace

std::size_t BookChain::first_above(std::int64_t seq, const Hold& hold) const {
  const auto begin = pending_.begin() + static_cast<std::ptrdiff_t>(pending_begin_);
  const auto at =
      std::upper_bound(begin, pending_.end(), seq,
                       [&hold](std::int64_t value, Slot slot) { return value < hold[slot].seq; });
  return static_cast<std::size_t>(at - pending_.begin());
}

void BookChain::add(Slot slot, const Hold& hold) {
  if (pending_begin_ == pending_.size()) {
    pending_.clear();
    pending_begin_ = 0;
  } else if (pending_begin_ > 1024 && pending_begin_ > pending_.size() / 2) {
    pending_.erase(pending_.begin(),
                   pending_.begin() + static_cast<std::ptrdiff_t>(pending_begin_));
    pending_begin_ = 0;
  }
  const std::int64_t seq = hold[slot].seq;
  if (pending_begin_ == pending_.size() || hold[pending_.back()].seq <= seq) {
    pending_.push_back(slot);
  } else {
    pending_.insert(pending_.begin() + static_cast<std::ptrdiff_t>(first_above(seq, hold)), slot);
  }
}

void BookChain::remove(Slot slot, const Hold& hold) {
  if (pending_[pending_begin_] == slot) {
    ++pending_begin_;
    return;
  }
  // Equal seqs are few: snapshots and steps of other recorders.
  std::size_t at = first_above(hold[slot].seq, hold);
  while (pending_[--at] != slot) {
  }
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(at));
}

Slot BookChain::find_step(std::int64_t from, const Hold& hold, Recorders but) const {
  Slot over = kNoSlot;
  const std::size_t begin = first_above(from, hold);
  const std::size_t end = std::min(pending_.size(), begin + kLookahead);
  for (std::size_t i = begin; i < end; ++i) {
    const Held& step = hold[pending_[i]];
    if (!leads_on(step, from) || (step.recorders & ~but) == 0) continue;
    if (!step.has_prev_seq || step.prev_seq == from) return pending_[i];
    if (over == kNoSlot) over = pending_[i];
  }
  return over;
}

Slot BookChain::find_snapshot(const Held& change, const Hold& hold) const {
  if (!change.has_prev_seq) return kNoSlot;
  // From the change's seq downwards.
  for (std::size_t i = first_above(change.seq - 1, hold); i-- > pending_begin_;) {
    const Held& held = hold[pending_[i]];
    if (held.seq < change.prev_seq) break;
    if (held.is_snapshot) return pending_[i];
  }
  return kNoSlot;
}

bool BookChain::covers(std::int64_t prev_seq, std::int64_t seq, const Hold& hold) const {
  if (!known_ || base_ > prev_seq) return false;
  std::int64_t reached = seq_;
  while (reached < seq) {
    const Slot step = find_step(reached, hold, 0);
    if (step == kNoSlot || !hold[step].has_prev_seq) return false;
    reached = hold[step].seq;
  }
  return true;
}

void BookChain::release(Slot slot, const Hold& hold, Emitter& out) {
  if (hold[slot].is_snapshot) {
    release_snapshot(slot, hold, out);
  } else {
    release_change(slot, hold, out);
  }
}

void BookChain::release_snapshot(Slot slot, const Hold& hold, Emitter& out) {
  const Held& snapshot = hold[slot];
  if (known_ && !broken_) {
    // Another recorder's chain goes on: a snapshot would only repeat what is known, or take the
    // book back.
    const bool repeats = snapshot.seq == seq_ && !snapshot.rebuilt;
    if (!repeats && find_step(hold, snapshot.recorders) != kNoSlot) return drop(slot, hold, out);
    if (snapshot.seq < seq_ && find_step(hold, 0) != kNoSlot) return drop(slot, hold, out);
    if (snapshot.seq == seq_ && snapshot.rebuilt) return drop(slot, hold, out);
  }
  write(slot, snapshot.local_timestamp, hold, out);
}

void BookChain::release_change(Slot slot, const Hold& hold, Emitter& out) {
  const Held& change = hold[slot];
  const Micros now = change.local_timestamp;
  if (known_) walk_to(slot, hold, out);
  const bool next = known_ && change.has_prev_seq && change.prev_seq == seq_;
  if (next && !broken_) return write(slot, now, hold, out);
  if (known_ && !next && change.seq <= seq_) {
    // Behind the state reached. Below the chain's base it may be that the venue began to count
    // anew.
    const bool passed = change.seq >= base_ || find_step(hold, 0) != kNoSlot;
    if (passed) return drop(slot, hold, out);
  } else if (known_ && !broken_ && leads_on(change, seq_)) {
    // Another step begins right at the state reached: its chain needs no mending.
    const Slot exact = change.has_prev_seq ? find_step(hold, 0) : slot;
    if (exact != slot && hold[exact].prev_seq == seq_) return drop(slot, hold, out);
    return write(slot, now, hold, out);
  }
  // A hole, or a book not known since one. A snapshot that is held may mend it.
  const Slot snapshot = find_snapshot(change, hold);
  if (snapshot != kNoSlot) {
    write(snapshot, now, hold, out);
    if (!leads_on(change, seq_)) return drop(slot, hold, out);
  }
  write(slot, now, hold, out);
}

// Writes the held steps that lead from the state reached towards the message.
void BookChain::walk_to(Slot slot, const Hold& hold, Emitter& out) {
  const Held& goal = hold[slot];
  while (goal.has_prev_seq ? seq_ < goal.prev_seq : seq_ < goal.seq) {
    const Slot step = find_step(hold, 0);
    if (step == kNoSlot || step == slot) return;
    write(step, goal.local_timestamp, hold, out);
  }
}

void BookChain::write(Slot slot, Micros not_after, const Hold& hold, Emitter& out) {
  const Held& message = hold[slot];
  Emitter::Change change{std::min(message.local_timestamp, not_after), {}};
  if (message.is_snapshot) {
    broken_ = false;
    base_ = message.seq;
  } else if (!known_ || (message.has_prev_seq && message.prev_seq != seq_)) {
    if (known_ && leads_on(message, seq_)) {
      change.prev_seq = seq_;
    } else {
      broken_ = true;
      base_ = message.has_prev_seq ? message.prev_seq : message.seq;
    }
  }
  // The venue counts anew: what was above is behind.
  if (known_ && message.seq < seq_) base_ = message.seq;
  known_ = true;
  seq_ = message.seq;
  remove(slot, hold);
  out.emit(slot, change);
}

void BookChain::drop(Slot slot, const Hold& hold, Emitter& out) {
  remove(slot, hold);
  out.drop(slot);
}

}  // namespace md::dedupe
