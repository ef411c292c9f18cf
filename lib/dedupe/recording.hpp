// Recordings: what mddedupe is given, as readers that each go through one recorder's files in turn.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/relay.hpp"
#include "base/result.hpp"
#include "dedupe/line_key.hpp"
#include "dedupe/reel_scanner.hpp"

namespace md::dedupe {

struct Recordings {
  std::vector<std::string>
      recorders;  // their names: a file's path, or the directory of a recorder's spool
  std::vector<Reel> reels;
};

// A file, or "-", is a recorder by itself. A directory is searched for spool files (*.ndjson.zst;
// .part files are still being written and left out, and so are directories whose names begin with a
// dot): those of one directory, by name, are one reel;
// SPOOL/<recorder>/<exchange> directories that have the same parent belong to one recorder; a lake
// is one recorder too. Errors: not_found (also a directory without any), usage (more than
// kMaxRecorders).
Result<Recordings> find_recordings(const std::vector<std::string>& paths);

// What is done with a line that is no event, or with damage in a file; an error ends the run.
using Reject = std::function<Result<void>(const Error& error, std::string_view line)>;

// The lines of a reel. One file is open at a time.
class ReelReader {
 public:
  // Threads that work ahead of the caller where files are large: 2, one that decompresses and one
  // that scans; 1, that does both, for who has a few reels at once; 0 for who has many.
  explicit ReelReader(const Reel& reel, int threads = 2);
  ~ReelReader();
  ReelReader(const ReelReader&) = delete;
  ReelReader& operator=(const ReelReader&) = delete;

  // Goes to the next good line; false at the end.
  Result<bool> next(const Reject& reject);
  // Of the line, valid until the next call.
  std::string_view line() const { return line_; }
  const LineKey& key() const { return *key_; }
  int recorder() const { return recorder_; }

 private:
  static constexpr std::size_t kBatches = 3;

  const LineBatch& next_batch();
  void read_ahead();

  int recorder_;
  ReelScanner scanner_;  // the thread's, if there is one
  LineBatch own_batch_;  // if there is none
  Relay<LineBatch> batches_{kBatches};
  const LineBatch* batch_ = nullptr;
  std::size_t given_ = 0;  // lines of the batch
  KeyReader keys_;
  LineKey own_key_;  // of a line in another spelling
  std::string_view line_;
  const LineKey* key_ = &own_key_;
  std::optional<std::thread> thread_;
};

}  // namespace md::dedupe
