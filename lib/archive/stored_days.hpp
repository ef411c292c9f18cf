// What a database has of a stream, day by day.
#pragma once

#include <span>
#include <vector>

#include "archive/day_digests.hpp"
#include "archive/lacking.hpp"
#include "archive/table.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "store/database.hpp"

namespace md::archive {

// The stream's events of these types with from <= timestamp < to, in the order of Source::read().
// Errors: those of store::Reader and of what is called.
Result<void> each_stored(store::Database& database, const Stream& stream,
                         std::span<const Type> types, Micros from, Micros to,
                         const std::function<Result<void>(const Event&)>& take);

Result<std::vector<Day>> stored_days(store::Database& database, const Stream& stream,
                                     std::span<const Type> types, Micros from, Micros to);

}  // namespace md::archive
