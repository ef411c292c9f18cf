// Exporter: one month of a source into one archive.
//
// Members are made one after the other, each in a file without a name in `temp` that is gone with
// the process, then copied into the tar, which wants their sizes first. Disk needed beside the
// archive: the largest member. Memory: the source's, the compressor's (some MiB), the largest
// event, and the manifest.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "archive/manifest.hpp"
#include "archive/source.hpp"
#include "base/result.hpp"

namespace md::archive {

struct ExportOptions {
  std::string month;                        // "2026-11"
  std::string path;                         // of the archive
  std::string temp;                         // directory; empty = the archive's
  bool replace = false;                     // may an existing archive be replaced
  int level = 6;                            // zstd
  std::vector<std::string> exchanges;       // only these, by id or alias; empty = all
  std::vector<std::string> symbols;         // likewise; what is of no symbol is kept
  std::string tool_version;                 // "mdbackup 0.1.0"
  const std::atomic<bool>* stop = nullptr;  // looked at between events
  std::function<void()> on_event;           // called for each, for progress
};

// Gives the manifest as written. Errors: exists, create, permission, io, malformed (the month);
// those of the source; not_found if there are no rows: no archive is written then, for an empty one
// would pass for a backup; temporary if stopped.
Result<Manifest> export_month(Source& source, const ExportOptions& options);

}  // namespace md::archive
