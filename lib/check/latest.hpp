// Latest: the newest event of each stream, found without reading all of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "check/file_input.hpp"
#include "check/frozen_database.hpp"
#include "dedupe/recording.hpp"
#include "model/event.hpp"

namespace md::check {

struct Latest {
  std::string recorder;  // where there are several recordings
  std::string exchange;
  std::string symbol;
  Type type = Type::trade;
  Micros timestamp = 0;        // the greatest,
  Micros local_timestamp = 0;  // and the greatest that came with it
};

// Of files: all that is in them. Of a directory in a lake: the end of its newest file. Of a
// recorder's directory in a spool: its newest file. Streams in order of recorder, exchange, symbol
// and type; lines of connections are no streams.
Result<std::vector<Latest>> latest_in(const std::vector<Recording>& recordings,
                                      const dedupe::Reject& reject);
// Of a database, by its indexes, the newest month first.
Result<std::vector<Latest>> latest_in(FrozenDatabase& database);

// Streams whose last message came more than `stale` before `now`.
std::size_t count_stale(const std::vector<Latest>& streams, Micros now, Micros stale);

// A table for people; a JSON object a line.
void latest_text(const std::vector<Latest>& streams, Micros now, Buffer& out);
void latest_json(const std::vector<Latest>& streams, Micros now, Buffer& out);

}  // namespace md::check
