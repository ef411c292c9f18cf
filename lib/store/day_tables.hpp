// Tables of days: the partition that a UTC day's rows of a table lie in, md.trade_20261120.
//
//   missing --make_day()--> fresh --finish_day()--> attached
//
// A fresh one is a table by itself, without indexes, and no query of md.trade sees its rows: it is
// filled at the speed of a COPY. Finishing builds the indexes, analyses and attaches it in one
// transaction, so whoever is killed leaves a day fresh, rows committed so far in it, and anybody
// can finish it. What tells a fresh day from other tables is its CHECK constraint `md_fresh`, which
// spares the ATTACH its scan and goes with it.
//
// Functions are statements on the connection given; make_day() and finish_day() are transactions of
// their own. Errors: those of Database.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/database.hpp"
#include "store/tables.hpp"

namespace md::store {

struct DayTable {
  Table table = Table::trade;
  std::int64_t day = 0;  // since 1970, UTC
  friend auto operator<=>(const DayTable&, const DayTable&) = default;
};

// Whether rows of this day have a table of their own. Times that no clock of a venue can mean
// (before 2009, from 2100 on) lie in two partitions of the schema, and feed events in one table.
bool has_day_table(const DayTable& day);

// "md.trade_20261120": of our own names and an integer, never of text from data.
std::string day_table_name(const DayTable& day);

enum class DayState : std::uint8_t { missing, fresh, attached };
Result<DayState> day_state(Database& database, const DayTable& day);

// All fresh ones.
Result<std::vector<DayTable>> fresh_days(Database& database);

// Keeps others from making days until the transaction ends.
Result<void> lock_days(Database& database);

// Makes a fresh one, if the day is missing.
Result<void> make_day(Database& database, const DayTable& day);

// Attaches a fresh one; nothing to do for another. Waits for transactions that write to the day:
// not to be called by who has written to it in a transaction still open. `wait` false: temporary
// instead of waiting.
Result<void> finish_day(Database& database, const DayTable& day, bool wait = true);

// Finishes what earlier runs left behind, but for what somebody is writing to just now and will
// finish.
Result<void> finish_leftovers(Database& database);

}  // namespace md::store
