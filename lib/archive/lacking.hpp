// lacking(): which events one side has and the other lacks, each counted as often as it is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"

namespace md::archive {

// Calls what it is given for each event, in the same order whenever it is called, and ends with the
// first error.
using EachEvent = std::function<Result<void>(const std::function<Result<void>(const Event&)>&)>;

// For each event of `wanted` in its order, whether it is missing in `present`. Of equal events as
// many are missing as `wanted` has more of them. Events are known by the hash of their line, as in
// EventDigest.
//
// Both sides are read once for each `at_once` of the `present_events` (about). Memory: 20 bytes for
// each of `at_once`, and a bit for each event of `wanted`.
Result<std::vector<bool>> lacking(const EachEvent& wanted, const EachEvent& present,
                                  std::uint64_t present_events, std::size_t at_once);

}  // namespace md::archive
