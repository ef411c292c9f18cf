// Events as NDJSON, both ways (md-formats(5), EVENTS).
#pragma once

#include <memory>
#include <string_view>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "model/event.hpp"

namespace md::codec {

// Appends the event as one line, '\n' included. Field order is fixed: the same event, the same
// bytes.
void append_event(Buffer& out, const Event& event);

// Reads event lines. Not thread-safe: holds the parser and the scratch its views point into.
class EventReader {
 public:
  EventReader();
  EventReader(EventReader&&) noexcept;
  EventReader& operator=(EventReader&&) noexcept;
  ~EventReader();

  // `line` must have kPadding readable bytes behind it (LineReader's lines do). The event's views
  // point into `line` or into the reader and are valid until the next read. Unknown fields are
  // passed over. malformed: not JSON, an unknown type, a field missing or of the wrong kind
  // (Error::byte says where, if known).
  Result<Event> read(std::string_view line);
  // For hot paths: the same without the Result; false = call error().
  bool read(std::string_view line, Event& event);
  const Error& error() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::codec
