// What merging needs to know of an event line, read without taking the line apart.
//
// Lines as codec::append_event writes them are scanned in one pass, checked but not converted. Any
// other spelling of an event (blanks, another field order, escapes) is read by codec::EventReader
// and written anew into scratch, so that the same event has the same key however it was spelled.
#pragma once

#include <string_view>

#include "base/buffer.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"
#include "codec/event_json.hpp"
#include "model/event.hpp"

namespace md::dedupe {

struct LineKey {
  Type type = Type::trade;
  std::string_view exchange;  // inside of the JSON string: escapes stand as they are
  std::string_view symbol;    // likewise; empty for lines of a connection
  std::string_view id;        // trades and liquidations
  Seq prev_seq;
  Seq seq;
  bool is_snapshot = false;
  bool rebuilt = false;
  bool backfilled = false;
  Micros timestamp = 0;  // local_timestamp where the line has none
  Micros local_timestamp = 0;
  std::string_view stream;   // type, symbol and exchange as they stand: names the stream
  std::string_view content;  // everything before the two times, but `backfilled`
};

// Hash of all fields but localTimestamp, and but timestamp where it is no more than localTimestamp.
inline Hash128 content_hash(const LineKey& key) {
  const bool timed = key.timestamp != key.local_timestamp;
  return hash128(key.content, timed ? static_cast<std::uint64_t>(key.timestamp) : 0);
}

// Scans a line in the spelling of append_event, without '\n', with codec::kPadding readable bytes
// behind it. False: it is spelled otherwise, or is
// no event; `key` is then undefined. With `escapes`, strings may hold what the scan cannot check
// (only for lines we wrote ourselves).
bool scan_line(std::string_view line, LineKey& key, bool escapes = false);

class KeyReader {
 public:
  // `line` needs codec::kPadding readable bytes behind it; the key's views point into it or into
  // the reader, and are valid until the next read. False: error() says why the line is not an
  // event.
  bool read(std::string_view line, LineKey& key);
  const Error& error() const { return events_.error(); }

 private:
  codec::EventReader events_;
  Buffer scratch_;
};

}  // namespace md::dedupe
