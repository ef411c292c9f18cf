// Retention: days of events are dropped from the database once they are old, and only where
// archives have every row of them.
//
// What has to hold before a day is dropped: each of its streams (exchange, symbol) has in one of
// the archives the same digest of that day (codec/event_digest.hpp), and these archives were
// verified in full in this run. Nothing is believed that an earlier run has seen.
//
// Memory: the digests that the archives' manifests have of the days that are due, and what the
// Verifier and the Reader need.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"
#include "store/database.hpp"

namespace md::archive {

// How long events of a type are kept.
struct KeepRule {
  Type type = Type::trade;
  std::int64_t days = 0;
};
// "book_change=30d". usage: another type than those whose tables have days, or not 1 to 100000
// days.
Result<KeepRule> parse_keep_rule(std::string_view text);

struct RetentionOptions {
  std::vector<KeepRule> rules;
  std::string archives;      // a directory of archives, or one archive
  std::int64_t today = 0;    // UTC day; days before today - KeepRule::days are due
  bool dry_run = false;      // all is compared and verified, and nothing dropped
  std::string tool_version;  // "mdload 0.1.0"
  const std::atomic<bool>* stop = nullptr;
  std::function<void()> on_event;  // called for each event read, for progress
};

// What became of a day that was due.
struct Fate {
  Type type = Type::trade;
  std::int64_t day = 0;
  std::uint64_t rows = 0;
  std::vector<std::string> archives;  // that have them: file names
  std::string kept_because;           // empty: dropped, or with dry_run: would be
};
// "dropped md.trade of 2026-10-01: 1234 rows, in '2026-10.tar'" or "kept md.trade of
// 2026-10-01: ...". A line, with '\n'.
std::string fate_text(const Fate& fate, bool dry_run);

// Days that are due, one after the other, the oldest first; `tell` is called when the fate of one
// is known. Gives whether all were dropped, or would be. A day that others use just now is kept.
// Errors: those of Database, of the directory; temporary if stopped. What cannot be read among the
// archives covers nothing, and is told as the reason.
Result<bool> retire(store::Database& database, const RetentionOptions& options,
                    const std::function<void(const Fate&)>& tell);

}  // namespace md::archive
