// Source: where an export takes its rows from: a lake or a database.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "archive/period.hpp"
#include "archive/table.hpp"
#include "base/result.hpp"
#include "model/event.hpp"

namespace md::archive {

using TakeEvent = std::function<Result<void>(const Event&)>;

// What was not in order with the rows of a stream.
struct Oddities {
  std::uint64_t rejected = 0;  // lines that gave no row
  std::uint64_t misfiled = 0;  // rows taken although they were kept with those of another day
  friend bool operator==(const Oddities&, const Oddities&) = default;
};

// Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;
  // What may have rows in the period, sorted, each once. To be called before what follows.
  virtual Result<std::vector<Stream>> streams(const Period& period) = 0;
  // Calls `take` for every row of a stream in the period, and ends with the first error that it
  // gives. Order: type (of feed_events), UTC day of timestamp, in a day as the source has it:
  // localTimestamp.
  virtual Result<Oddities> read(const Stream& stream, const Period& period,
                                const TakeEvent& take) = 0;
  // A text that changes when the rows of a stream in the period may have changed.
  virtual Result<std::string> fingerprint(const Stream& stream, const Period& period) = 0;
  // A further source of the very same rows, for another thread. What this one was made with, such
  // as a function that is told of bad lines, is called by all of them, one at a time.
  virtual Result<std::unique_ptr<Source>> another() = 0;
  // Its part of an export's command line, for the manifest; nothing secret.
  virtual std::vector<std::string> arguments() const = 0;
};

}  // namespace md::archive
