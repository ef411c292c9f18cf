// BookChain: the messages of one numbered book, from all recorders, as one unbroken chain.
//
// A change leads from prevSeq to seq: a step. Recorders may hold the same steps, or different ones
// over the same way (some venues cut messages anew for each connection, and the first change after
// a snapshot starts at the snapshot). All levels are absolute, so a step that begins before the
// state reached and ends behind it leads on from there too: it is written with prevSeq set to the
// state reached.
//
//   recorder A   100 --> 105 -->  (lost)   --> 115          written: 100 --> 105 (A)
//   recorder B   100 --> 103 --> 108 --> 112 --> 115                 105 --> 108 (B, was 103 -->
//   108)
//                                                                    108 --> 112 --> 115 (B)
//
// Nothing is ever computed or invented: where no recorder has a step that leads on, the hole stays
// in the output.
#pragma once

#include <cstdint>
#include <vector>

#include "dedupe/emitter.hpp"
#include "dedupe/hold.hpp"

namespace md::dedupe {

class BookChain {
 public:
  // A message of this book entered the hold.
  void add(Slot slot, const Hold& hold);
  // It is the first in the hold: writes it, steps that must stand before it, or drops it.
  void release(Slot slot, const Hold& hold, Emitter& out);

  // Does the chain, as written and held, lead from or over `prev_seq` to `seq` or further?
  bool covers(std::int64_t prev_seq, std::int64_t seq, const Hold& hold) const;
  // Does any held step lead on from the state reached?
  bool continues(const Hold& hold) const { return known_ && find_step(hold, 0) != kNoSlot; }

 private:
  void release_change(Slot slot, const Hold& hold, Emitter& out);
  void release_snapshot(Slot slot, const Hold& hold, Emitter& out);
  void walk_to(Slot slot, const Hold& hold, Emitter& out);
  void write(Slot slot, Micros not_after, const Hold& hold, Emitter& out);
  void drop(Slot slot, const Hold& hold, Emitter& out);

  // A held step that leads on from seq_, best one that begins right there; seen by a recorder
  // outside `but`.
  Slot find_step(const Hold& hold, Recorders but) const { return find_step(seq_, hold, but); }
  Slot find_step(std::int64_t from, const Hold& hold, Recorders but) const;
  // A held snapshot that `change` can follow.
  Slot find_snapshot(const Held& change, const Hold& hold) const;
  // Index into pending_ of the first with a seq above.
  std::size_t first_above(std::int64_t seq, const Hold& hold) const;
  void remove(Slot slot, const Hold& hold);

  std::vector<Slot> pending_;  // by seq, from pending_begin_ on
  std::size_t pending_begin_ = 0;
  std::int64_t seq_ = 0;   // reached by what was written
  std::int64_t base_ = 0;  // where the unbroken chain began
  bool known_ = false;     // anything was written
  bool broken_ = true;     // no snapshot since the last hole
};

}  // namespace md::dedupe
