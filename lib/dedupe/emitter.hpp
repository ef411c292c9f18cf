// What the merging rules do with held messages.
#pragma once

#include "base/time.hpp"
#include "dedupe/hold.hpp"
#include "model/event.hpp"

namespace md::dedupe {

class Emitter {
 public:
  virtual ~Emitter() = default;
  // Writes the message and removes it from the hold. Byte for byte as it was read, but for what is
  // given here.
  struct Change {
    Micros local_timestamp;  // the message's own, or earlier: it goes before one that came earlier
    Seq prev_seq;            // where the message overlaps the one before it
  };
  virtual void emit(Slot slot, const Change& change) = 0;
  void emit(Slot slot, const Hold& hold) { emit(slot, Change{hold[slot].local_timestamp, {}}); }
  // Removes a message that the output has no need of.
  virtual void drop(Slot slot) = 0;
};

}  // namespace md::dedupe
