// The tables of events: which event goes into which, and the layout of their rows, written and read
// in one place.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"
#include "store/pg_binary.hpp"

namespace md::store {

enum class Table : std::uint8_t {
  trade,
  book_change,
  book_ticker,
  derivative_ticker,
  liquidation,
  feed_event
};
constexpr int kTables = 6;
constexpr std::array<Table, kTables> kAllTables = {Table::trade,       Table::book_change,
                                                   Table::book_ticker, Table::derivative_ticker,
                                                   Table::liquidation, Table::feed_event};

// connect, disconnect and gap share feed_event.
constexpr Table table_of(Type type) {
  return type < Type::connect ? static_cast<Table>(type) : Table::feed_event;
}

// Without the schema: "trade".
std::string_view name(Table table);
// All but feed_event have an instrument_id, and a partition for each UTC day.
constexpr bool has_instrument(Table table) { return table != Table::feed_event; }
// In the order of append_row() and RowDecoder: for COPY and SELECT.
std::string_view columns(Table table);

// A condition on rows of any table: from <= "timestamp" < to, cut to the times that events have.
std::string sql_range(Micros from, Micros to);

// malformed if PostgreSQL cannot hold the event: see Loader::add().
Result<void> check_storable(const Event& event);

// Bytes (a file's name) as PostgreSQL can hold them: UTF-8 as it is; else with \xHH for what is not
// ASCII.
std::string storable_text(std::string_view bytes);

struct Origin {
  std::int32_t instrument = 0;  // not for feed_event
  std::int32_t load = 0;
  std::int64_t line = 0;
};

// Appends the event as a row of its table.
void append_row(RowWriter& out, const Event& event, const Origin& origin);

// Rows back into events; owns what their spans point to.
class RowDecoder {
 public:
  // The next row of `rows`, a row of the table of `type`. Sets all of `event` but exchange and
  // symbol, which for feed_event it sets too. False: the trailer, or malformed: then !rows.ok().
  bool next(RowReader& rows, Type type, Event& event);

 private:
  std::vector<Level> bids_, asks_;
  std::vector<std::string_view> symbols_;
};

}  // namespace md::store
