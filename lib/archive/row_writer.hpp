// RowWriter: events as CSV rows from which RowReader gives back every event.
//
// The columns of tardis.dev (md-formats(5), CSV) come first, in their order, then ours:
//
//   trades               + seq,backfilled
//   incremental_book_L2  + message,prev_seq,seq,rebuilt
//   quotes               + seq
//   derivative_ticker, liquidations: theirs hold all there is
//   feed_events exchange,symbol,timestamp,local_timestamp,type,channel,prev_seq,seq,reason,symbols
//
// Times are microseconds since 1970, decimals have the digits they came with (trailing zeros too),
// booleans true and false, what the venue did not give an empty field. `message` numbers the book
// changes of a member from 1: the rows of one message share it, bids before asks, and one without
// levels is one row with side, price and amount empty. `symbols` is a JSON array of strings, empty
// for none. Fields with commas, quotes or line breaks are quoted (RFC 4180).
#pragma once

#include <cstdint>
#include <string>

#include "archive/table.hpp"
#include "base/buffer.hpp"
#include "model/event.hpp"

namespace md::archive {

// Changes with the columns or their meaning; stands beside each member in the manifest.
constexpr int kRowSchema = 1;

// The header line with '\n'.
std::string row_header(Table table);

class RowWriter {
 public:
  // Appends the event's rows, one or one per level, and gives their number. The event is of the
  // member's table.
  std::uint64_t append(Buffer& out, const Event& event);

 private:
  std::int64_t message_ = 0;
};

}  // namespace md::archive
