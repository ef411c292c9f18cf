// StoredForm: an event as a database would give it back. It differs from what was stored only where
// prices and amounts are double precision.
#pragma once

#include "base/buffer.hpp"
#include "model/event.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"

namespace md::store {

class StoredForm {
 public:
  explicit StoredForm(Numbers numbers) : numbers_(numbers) {}

  // False: every event comes back as it was.
  bool changes() const { return numbers_ != Numbers::exact; }
  // The event must be storable (check_storable). Its form is valid until the next call.
  const Event& of(const Event& event);

 private:
  Numbers numbers_;
  Buffer row_;
  RowDecoder decoder_;
  Event form_;
};

}  // namespace md::store
