// Comparison: whether a lake and a database hold the same events, for each stream and UTC day.
//
// Both sides are lists of streams in the same order, so they are gone through once, side by side.
// Memory: what names the streams, and the days of one of them; not per event. A database of double
// precision cannot hold what the lake has: there, the events of the lake are compared as they would
// come back from it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "check/frozen_database.hpp"
#include "codec/event_digest.hpp"
#include "codec/output.hpp"
#include "model/event.hpp"

namespace md::check {

// One day of one stream.
struct ComparedDay {
  codec::EventDigest lake;
  codec::EventDigest database;
  // Events that the lake has in the file of this day although their timestamp is of another.
  std::uint64_t misfiled = 0;
};

// What the days of a type that were retired from the database have in the lake.
struct RetiredDay {
  Type type = Type::trade;
  std::int64_t day = 0;
  std::vector<std::string> archives;
  std::uint64_t streams = 0;
  std::uint64_t events = 0;
};

// Takes what differs, writes it, and counts.
class ComparisonReport {
 public:
  // Text for people, or a JSON object a line ("record": difference, retired, total).
  static std::unique_ptr<ComparisonReport> text(codec::Output output);
  static std::unique_ptr<ComparisonReport> json(codec::Output output);
  virtual ~ComparisonReport() = default;

  void add(Type type, std::string_view exchange, std::string_view symbol, std::int64_t day,
           const ComparedDay& compared);
  void add(const RetiredDay& retired);
  void add_stream() { ++total_.streams; }
  // The total. Errors of writing come here at the latest.
  Result<void> finish();

  std::uint64_t differences() const { return total_.differences; }

 protected:
  enum class Kind : std::uint8_t { lake_only, database_only, count, content, misfiled };
  struct Difference {
    Kind kind = Kind::count;
    Type type = Type::trade;
    std::string_view exchange;
    std::string_view symbol;
    std::int64_t day = 0;
    const ComparedDay* compared = nullptr;
  };
  struct Total {
    std::uint64_t streams = 0;
    std::uint64_t days = 0;  // of all streams
    std::uint64_t lake_events = 0;
    std::uint64_t database_events = 0;
    std::uint64_t retired_events = 0;  // in the lake
    std::uint64_t differences = 0;
  };

  explicit ComparisonReport(codec::Output output) : output_(std::move(output)) {}
  virtual void write(const Difference& difference, Buffer& out) = 0;
  virtual void write(const RetiredDay& retired, Buffer& out) = 0;
  virtual void write(const Total& total, Buffer& out) = 0;

 private:
  void give_out();

  codec::Output output_;
  Buffer buffer_;
  Total total_;
  Result<void> failed_;
};

struct ComparisonOptions {
  std::string lake;
  Range range = kAllTimes;
  std::function<Result<void>(const Error& error, std::string_view line)> reject;  // of the lake
  std::function<void()> on_event = [] {};                                         // read, of either
  const std::atomic<bool>& stop;
};

// Errors: temporary where it was told to stop; those of the lake's directories and the database.
Result<void> compare(const ComparisonOptions& options, FrozenDatabase& database,
                     ComparisonReport& report);

}  // namespace md::check
