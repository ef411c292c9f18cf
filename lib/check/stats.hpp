// Stats: how much there is of each stream, and what it takes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "check/file_input.hpp"
#include "check/frozen_database.hpp"
#include "dedupe/recording.hpp"
#include "model/event.hpp"

namespace md::check {

struct StreamStats {
  std::string recorder;  // where there are several recordings
  std::string exchange;
  std::string symbol;
  Type type = Type::trade;
  std::uint64_t events = 0;
  Micros first = 0;  // timestamp
  Micros last = 0;
  std::optional<std::uint64_t> bytes;  // of files that have nothing else
};

// What a database keeps of one day of a table, or of all of it where it is not divided by days.
struct PartStats {
  std::string table;
  std::string part;  // "2026-11-20"; else the end of its name, or "" for all of it
  std::uint64_t events = 0;
  std::uint64_t table_bytes = 0;
  std::uint64_t index_bytes = 0;
};

struct Group {
  std::string name;  // a type; of a database a table
  std::uint64_t streams = 0;
  std::uint64_t events = 0;
  std::optional<std::uint64_t> bytes;
};

struct Stats {
  std::vector<StreamStats> streams;  // by recorder, exchange, symbol and type
  std::vector<PartStats> parts;      // by table and part
  std::vector<Group> groups;         // in the order of types
  std::uint64_t bytes = 0;           // of all
};

struct StatsOptions {
  dedupe::Reject reject;                   // of files
  std::function<void()> on_event = [] {};  // read from files
  const std::atomic<bool>& stop;
};

// Files are read whole. Errors: temporary where it was told to stop; those of reading.
Result<Stats> stats_of(const std::vector<Recording>& recordings, const StatsOptions& options);
// Rows are counted, sizes are the server's: with indexes and TOAST, as they are on its disk.
Result<Stats> stats_of(FrozenDatabase& database);

// Tables for people; a JSON object a line.
void stats_text(const Stats& stats, Buffer& out);
void stats_json(const Stats& stats, Buffer& out);

}  // namespace md::check
