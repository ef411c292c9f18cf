// The streams that a database holds, and their events one after another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "check/frozen_database.hpp"
#include "model/event.hpp"
#include "store/reader.hpp"

namespace md::check {

struct StoredStream {
  Type type = Type::trade;
  std::string exchange;
  std::string symbol;         // connect, disconnect and gaps of a whole connection have none: ""
  std::vector<Range> ranges;  // in which it has events, in order
};

// All that have events in the range, by type, exchange and symbol (bytes).
Result<std::vector<StoredStream>> stored_streams(FrozenDatabase& database, const Range& range);

// Order: UTC day of timestamp, in a day localTimestamp, then load and line.
class StoredStreamReader {
 public:
  // Both must outlive the reader; meanwhile the database does nothing else.
  StoredStreamReader(FrozenDatabase& database, const StoredStream& stream)
      : database_(database), stream_(stream) {}

  // False = no more. Views are valid until the next call.
  Result<bool> next(Event& event);

 private:
  FrozenDatabase& database_;
  const StoredStream& stream_;
  std::size_t range_ = 0;  // the next
  std::optional<store::Reader> reader_;
};

}  // namespace md::check
