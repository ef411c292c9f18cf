// The schema `md` in a database: its numbered migrations, and what it was created with.
//
// Migrations are the files lib/store/migrations/NNNN_*.sql, compiled in, applied in order, each
// once (md.migration).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/database.hpp"

namespace md::store {

// Type of the columns that hold prices and amounts.
enum class Numbers : std::uint8_t {
  exact,   // numeric: what was stored is what comes back
  binary,  // double precision: smaller and faster, 15 to 17 digits
};

struct Schema {
  int version = 0;  // number of the newest migration applied; 0 = no schema
  Numbers numbers = Numbers::exact;
};

struct Migration {
  int number;
  std::string_view name;  // "0001_schema"
  std::string_view sql;   // with :number where the type of prices and amounts stands
};

// All of them, in order; the last one's number is the version this program works with.
std::span<const Migration> migrations();

// Creates the schema or brings it up to date, in one transaction and under a lock, so that two at
// once are as good as one; days that are not attached are finished first. `numbers` is chosen at
// creation; config if it is given and the schema was created otherwise, or if the schema is newer
// than this program. `tool_version` ("mdload 0.1.0") is recorded.
Result<Schema> migrate(Database& database, std::optional<Numbers> numbers,
                       const std::string& tool_version);

// The schema as it is; config unless it is of exactly the version this program works with.
Result<Schema> require_schema(Database& database);

}  // namespace md::store
