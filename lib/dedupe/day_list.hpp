// The UTC days that recordings have events of: which days' merges a file concerns. A file may have
// been opened at any time and hold what was fetched much later, so its name does not tell.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/result.hpp"
#include "dedupe/recording.hpp"

namespace md::dedupe {

// Events by day (days since 1970, of `timestamp`).
using DayCounts = std::map<std::int64_t, std::uint64_t>;

// Called once for each file, in the order of the recordings. An error of it ends the run.
using OnDays = std::function<Result<void>(const std::string& file, const DayCounts& days)>;

// Streams, until `stop` is set; lines that are no events, and damage, go to `reject`. Errors:
// not_found, permission, io.
Result<void> list_days(const Recordings& recordings, const Reject& reject, const OnDays& on_days,
                       const std::atomic<bool>& stop);

}  // namespace md::dedupe
