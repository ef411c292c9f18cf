// Days whose events were dropped because archives have them (md.retired).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/database.hpp"
#include "store/reader.hpp"
#include "store/schema.hpp"
#include "store/sha256.hpp"
#include "store/tables.hpp"

namespace md::store {

// An archive that a day of the table was retired to; nullopt = the day is not retired.
Result<std::optional<std::string>> retired_to(Database& database, Table table, std::int64_t day);

// exists if the day is retired: what comes late would be taken for the whole of it.
Result<void> refuse_retired(Database& database, Table table, std::int64_t day);

// UTC days that the table has partitions or chunks for, in order; not those of times that no clock
// of a venue can mean.
Result<std::vector<std::int64_t>> stored_days(Database& database, const Schema& schema,
                                              Table table);

// The streams that have events of a day, and how many.
Result<std::vector<Stream>> streams_of_day(Database& database, Table table, std::int64_t day);

// What the ledger says of loads that may have events of that day. While it stays the same, nothing
// was loaded into the day or taken out.
Result<std::string> ledger_of_day(Database& database, std::int64_t day);

// The archive that has events of a day.
struct RetiredTo {
  std::string archive;  // file name, any bytes
  Sha256 sha256{};
  std::uint64_t rows = 0;
};

// Drops a day and says so in md.retired, in one transaction. `ledger` is that of before its events
// were compared; temporary, and nothing is done, if it is another one by now, or if others use the
// day or the table longer than some seconds. The table itself is locked for less than one.
Result<void> retire_day(Database& database, const Schema& schema, Table table, std::int64_t day,
                        const std::string& ledger, std::span<const RetiredTo> archives,
                        const std::string& tool_version);

}  // namespace md::store
