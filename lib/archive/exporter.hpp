// Exporter: one period of a source into one archive.
//
// Members are made by threads, each a whole member and from a source of its own, in a directory
// "<archive>.parts" (see Parts), and then copied into the tar in their order: how many threads
// there are does not show in the bytes. An export that was ended is continued by the same call:
// members are not made again if their source and the options are what they were.
//
// Disk needed: the archive twice. Memory: for each thread the source's, the compressor's (some MiB)
// and the largest event; and the manifest.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "archive/manifest.hpp"
#include "archive/period.hpp"
#include "archive/source.hpp"
#include "base/result.hpp"
#include "codec/output.hpp"

namespace md::archive {

struct ExportOptions {
  Period period;
  std::string path;      // of the archive
  std::string temp;      // where the parts lie, under a name of their own; empty = see above
  bool replace = false;  // may an existing archive be replaced
  int jobs = 1;          // threads
  codec::Compression compression = codec::Compression::zstd;  // or gzip
  int level = 0;                            // of the compressor (codec/compressor.hpp)
  std::vector<std::string> exchanges;       // only these, by id or alias; empty = all
  std::vector<std::string> symbols;         // likewise; what is of no symbol is kept
  std::string tool_version;                 // "mdbackup 0.1.0"
  Micros now = 0;                           // has the period ended
  const std::atomic<bool>* stop = nullptr;  // looked at between events
  std::function<void()> on_event;           // called for each, by the calling thread, for progress
};

struct Exported {
  Manifest manifest;            // as written
  std::uint64_t misfiled = 0;   // see Oddities
  std::uint64_t continued = 0;  // members that an earlier run had made
};

// Errors: exists, create, permission, io; those of the source; not_found if there are no rows: no
// archive is written then, for an empty one would pass for a backup; temporary if stopped, or if
// another program writes the same archive.
Result<Exported> export_archive(Source& source, const ExportOptions& options);

}  // namespace md::archive
