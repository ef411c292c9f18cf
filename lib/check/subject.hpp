// Subject: what is looked at, files or a database, and what can be asked of it.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "check/comparison.hpp"
#include "check/latest.hpp"
#include "check/range.hpp"
#include "check/report.hpp"
#include "check/stats.hpp"
#include "dedupe/recording.hpp"
#include "store/database.hpp"

namespace md::check {

struct Subject {
  std::vector<std::string> files;                 // see find_recordings()
  std::optional<store::ConnectOptions> database;  // in place of the files
  dedupe::Reject reject;                          // lines of files that are no events, and damage
  std::function<void()> on_event;                 // for each that is read, where that may take long
  const std::atomic<bool>& stop;                  // ends what is under way: temporary
};

// Findings, and all streams, go to `report`. A range is for databases. silence: see StreamCheck.
Result<void> check_continuity(const Subject& subject, const Range& range, Micros silence,
                              Report& report);
// The database with a lake.
Result<void> compare_with(const std::string& lake, const Subject& subject, const Range& range,
                          ComparisonReport& report);
Result<std::vector<Latest>> latest_of(const Subject& subject);
Result<Stats> stats_of(const Subject& subject);

}  // namespace md::check
