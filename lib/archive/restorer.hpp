// Restorer: archives back into a database, each member in one transaction and once, however often
// it is run or killed.
//
// Only the database is written to: no name in an archive becomes a path. Memory: that of Verifier
// and Loader.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "archive/archive_file.hpp"
#include "base/result.hpp"
#include "store/database.hpp"

namespace md::archive {

struct Restored {
  std::uint64_t members = 0;          // stored now
  std::uint64_t events = 0;           // in them
  std::uint64_t already_there = 0;    // members that an earlier run stored
  std::uint64_t damaged = 0;          // members rolled back, each reported
  std::uint64_t refused = 0;          // members whose rows are there from elsewhere, each reported
  std::uint64_t rejected_events = 0;  // that the database cannot hold, each reported
};

class Restorer {
 public:
  struct Options {
    store::ConnectOptions connect;
    std::string tool_version;  // "mdbackup 0.1.0"
    // Called for each member that was rolled back or refused, and each event that cannot be stored;
    // Error::file is "2026-11.tar: trades/binance/BTCUSDT.csv.zst".
    std::function<void(const Error&)> report;
    std::function<void()> on_event;  // called for each, for progress
  };

  // Creates the schema in a database without one. Errors: those of Database and require_schema().
  static Result<Restorer> open(Options options);
  Restorer(Restorer&&) noexcept;
  Restorer& operator=(Restorer&&) noexcept;
  ~Restorer();

  // Restores what is whole in the archive. A member is rolled back if its SHA-256, a row, or a
  // count is not what the manifest says (malformed), or if the database has rows of its stream and
  // month that this archive did not bring (exists): they would be there twice. Errors: those of
  // Database, after which the member at hand is rolled back and the ones before it are stored;
  // temporary if stopped.
  Result<Restored> restore(const ArchiveFile& file);

 private:
  struct State;
  explicit Restorer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::archive
