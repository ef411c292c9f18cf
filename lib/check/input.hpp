// Input: the events of one recording, one after another, as a Checker reads them: from files or
// from a database.
#pragma once

#include "base/result.hpp"
#include "dedupe/line_key.hpp"
#include "model/event.hpp"

namespace md::check {

class Input {
 public:
  virtual ~Input() = default;
  // What must be known of the next event; null at the end. Valid until the next call.
  virtual Result<const dedupe::LineKey*> next() = 0;
  // The whole of it, valid until the next call of next(). False: it cannot be read.
  virtual bool event(Event& event) = 0;
};

}  // namespace md::check
