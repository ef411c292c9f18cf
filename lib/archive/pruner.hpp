// Pruner: takes away archives of a directory that are no longer needed, and never the last verified
// copy of anything.
//
// A policy says how many of the newest archives of days and of months stay. One beyond that number
// goes only if every event of it is elsewhere:
//
//   - a day: in the archive of its month in the same directory, which stays, of which every byte is
//     verified, and whose digests of that day are those of the day's archive; or
//   - either: at a remote, as the same bytes (rclone check) as the local one, of which every byte
//   is
//     verified.
//
// Whatever cannot be read, or bears another name than that of its period, stays and does not count.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/syncer.hpp"
#include "base/result.hpp"

namespace md::archive {

// Of how many the newest stay; nothing: all.
struct Policy {
  std::optional<std::size_t> daily;
  std::optional<std::size_t> monthly;
  friend bool operator==(const Policy&, const Policy&) = default;
};
// "daily 7, monthly all": kinds in either order, each at most once, what is not named stays. usage
// if it is anything else.
Result<Policy> parse_policy(std::string_view text);

struct PruneOptions {
  std::string directory;
  Policy policy;
  std::string remote;    // empty: none
  bool dry_run = false;  // say what would go, and remove nothing
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const Finding&)> tell;  // of each archive: what is done with it, and why
};

// Errors: not_found, permission (the directory); those of Rclone; io. What was told stands.
Result<void> prune(const PruneOptions& options);

}  // namespace md::archive
