// Recordings: what mddedupe is given, as readers that each go through one recorder's files in turn.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/line_reader.hpp"
#include "dedupe/line_key.hpp"

namespace md::dedupe {

// Files to be read one after another, as one recorder wrote them.
struct Reel {
  int recorder = 0;  // reels of one recorder share its number
  std::vector<std::string> files;
};

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
  explicit ReelReader(Reel reel) : reel_(std::move(reel)) {}

  // Goes to the next good line; false at the end.
  Result<bool> next(const Reject& reject);
  std::string_view line() const { return line_; }
  const LineKey& key() const { return key_; }
  int recorder() const { return reel_.recorder; }

 private:
  Reel reel_;
  std::size_t file_ = 0;
  std::optional<codec::LineReader> lines_;
  KeyReader keys_;
  std::string_view line_;
  LineKey key_;
};

}  // namespace md::dedupe
