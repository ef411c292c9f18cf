// Bars: md.bar_1m, computed from the trades of a UTC day.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

namespace md::store {

// The bars of `day` anew, in place of those that are there; gives their number. To be done again
// after late trades. Not in a transaction. exists: trades of that day are retired to an archive,
// and its bars stay as they are.
Result<std::uint64_t> fill_bars(Database& database, const Schema& schema, std::int64_t day);

}  // namespace md::store
