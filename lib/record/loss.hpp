// Loss: lines that were received and are in no recording, and the lines that say so.
#pragma once

#include "base/buffer.hpp"
#include "base/time.hpp"
#include "model/event.hpp"
#include "venue/venue.hpp"

namespace md::record {

struct Loss {
  Micros first = 0;  // received, the first line lost
  Micros last = 0;   // and the last, or the end of the recording
};

// A gap of reason `overflow` for each type of the subscription, of all its symbols: `timestamp` is
// the loss's first, `local_timestamp` its last.
void give_loss(EventSink& out, const venue::Venue& venue, const venue::Subscription& subscription,
               const Loss& loss);
// The same as lines. Raw lines know no gap: a `disconnect` without a connection, of all symbols.
void append_loss(Buffer& out, const venue::Venue& venue, const venue::Subscription& subscription,
                 bool raw, const Loss& loss);

}  // namespace md::record
