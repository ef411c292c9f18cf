// Restorer: archives back into a database, which then has every event of theirs, and none twice,
// however often it is run or killed and whatever was there before.
//
// Each day of each stream is compared with the database by its digest. What is equal is passed
// over, what the database does not have is loaded, and of a day that differs those events are added
// that it lacks, equal ones counted. A member is one transaction, with its row in the ledger:
//
//   archive/trades/binance/BTCUSDT#1        the stream's first restore, its second, ...
//
// The name is the stream's, not the archive's: two restores of a stream wait for each other, and
// the second sees what the first has stored. Loading the same days from elsewhere at the same time
// is for the user to avoid.
//
// Only the database is written to: no name in an archive becomes a path. Memory: that of Verifier,
// Loader and lacking().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "archive/archive_file.hpp"
#include "archive/stream_filter.hpp"
#include "base/result.hpp"
#include "store/database.hpp"

namespace md::archive {

// Which events are wanted.
struct Choice {
  std::vector<Type> types;  // none: all
  StreamFilter streams;
  Micros from = std::numeric_limits<Micros>::min();  // from <= timestamp < to
  Micros to = std::numeric_limits<Micros>::max();
};

struct Restored {
  std::uint64_t members = 0;          // of which something was stored now
  std::uint64_t events = 0;           // stored now
  std::uint64_t already_there = 0;    // members of which the database has every event wanted
  std::uint64_t damaged = 0;          // members rolled back, each reported
  std::uint64_t rejected_events = 0;  // that the database cannot hold, each reported
};

class Restorer {
 public:
  struct Options {
    store::ConnectOptions connect;
    std::string tool_version;  // "mdbackup 0.1.0"
    Choice choice;
    // Called for each member that was rolled back, and each event that cannot be stored;
    // Error::file is "2026-11.tar: trades/binance/BTCUSDT.csv.zst".
    std::function<void(const Error&)> report;
    std::function<void()> on_event;  // called for each that is read, for progress
  };

  // Creates the schema in a database without one. Errors: those of Database and require_schema().
  static Result<Restorer> open(Options options);
  Restorer(Restorer&&) noexcept;
  Restorer& operator=(Restorer&&) noexcept;
  ~Restorer();

  // Restores what is whole in the archive. A member is rolled back if its SHA-256, a row, or a
  // count is not what the manifest says. Errors: those of Database, after which the member at hand
  // is rolled back and the ones before it are stored; temporary if stopped.
  Result<Restored> restore(const ArchiveFile& file);

 private:
  struct State;
  explicit Restorer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::archive
