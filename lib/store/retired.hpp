// Days whose events were dropped because archives have them (md.retired).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "store/database.hpp"
#include "store/tables.hpp"

namespace md::store {

// An archive that a day of the table was retired to; nullopt = the day is not retired.
Result<std::optional<std::string>> retired_to(Database& database, Table table, std::int64_t day);

// exists if the day is retired: what comes late would be taken for the whole of it.
Result<void> refuse_retired(Database& database, Table table, std::int64_t day);

}  // namespace md::store
