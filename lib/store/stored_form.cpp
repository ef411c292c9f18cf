#include "store/stored_form.hpp"

namespace md::store {

const Event& StoredForm::of(const Event& event) {
  if (!changes()) return event;
  row_.clear();
  RowWriter writer{row_, numbers_};
  append_row(writer, event, {});
  std::string_view text = row_.view();
  RowReader reader{text, numbers_};
  form_.exchange = event.exchange;
  form_.symbol = event.symbol;
  // A row that was just written can be read.
  decoder_.next(reader, event.type(), form_);
  return form_;
}

}  // namespace md::store
