// Source: where an export takes its rows from: a lake or a database.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/table.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "model/event.hpp"

namespace md::archive {

// Rows with from <= timestamp < to.
struct Period {
  Micros from = 0;
  Micros to = 0;
  bool holds(Micros timestamp) const { return timestamp >= from && timestamp < to; }
};

// From the first day of "YYYY-MM", 00:00 UTC, to that of the next month.
Result<Period> month_period(std::string_view month);

using TakeEvent = std::function<Result<void>(const Event&)>;

class Source {
 public:
  virtual ~Source() = default;
  // What may have rows in the period, sorted, each once.
  virtual Result<std::vector<Stream>> streams(const Period& period) = 0;
  // Calls `take` for every row of a stream in the period, and ends with the first error that it
  // gives. Order: type (of feed_events), UTC day of timestamp, in a day as the source has it:
  // localTimestamp.
  virtual Result<void> read(const Stream& stream, const Period& period, const TakeEvent& take) = 0;
  // Its part of an export's command line, for the manifest; nothing secret.
  virtual std::vector<std::string> arguments() const = 0;
  // Lines met so far that gave no row.
  virtual std::uint64_t rejected() const { return 0; }
  // Rows taken so far although they were kept with those of another day.
  virtual std::uint64_t misfiled() const { return 0; }
};

}  // namespace md::archive
