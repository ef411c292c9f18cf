// Reader: stored events, streamed back in the order of the lake.
//
//   MD_CHECK(database.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY"));   // one
//   snapshot for all that follows MD_TRY(auto streams, list_streams(database, from, to)); for
//   (const Stream& stream : streams) {
//     MD_TRY(auto reader, Reader::open(database, {stream.type, stream.exchange, stream.symbol,
//     from, to})); Event event; while (true) {
//       MD_TRY(const bool more, reader.next(event));
//       if (!more) break;
//       ...
//     }
//   }
//   MD_CHECK(database.execute("COMMIT"));
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/event.hpp"
#include "store/database.hpp"

namespace md::store {

// Which events: of one type, of one stream, with from <= timestamp < to.
struct Selection {
  Type type = Type::trade;
  std::string exchange;
  std::string symbol;  // connect, disconnect and gaps of a whole connection have none: ""
  Micros from = 0;
  Micros to = 0;
};

// One (type, exchange, symbol) that has events.
struct Stream {
  Type type = Type::trade;
  std::string exchange;
  std::string symbol;
  std::uint64_t rows = 0;
};

// All streams with from <= timestamp < to (see Reader::open for wide ranges) and their number of
// events, sorted by type, exchange and symbol (bytes).
Result<std::vector<Stream>> list_streams(Database& database, Micros from, Micros to);

class Reader {
 public:
  // `database` must outlive the Reader and do nothing else until next() gave false or the Reader is
  // destroyed. A stream that is not there gives no events. config: see require_schema().
  // Statements lock the partitions of their range: months always fit, some 2000 days at once fit
  // the server's default max_locks_per_transaction.
  static Result<Reader> open(Database& database, const Selection& selection);

  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  // Ended before its end, it cancels its statement and with it rolls back an open transaction.
  ~Reader();

  // The next event; false = no more. Views in `event` are valid until the next call or the Reader's
  // end. Order: UTC day of timestamp, in a day local_timestamp, then load and line: the same rows,
  // the same order. Decimals have the digits that were loaded (of double precision columns: the
  // shortest that give the same double). malformed: a row that no event gives (changed by hand).
  // Memory: the largest row; the server sorts day by day.
  Result<bool> next(Event& event);

 private:
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::store
