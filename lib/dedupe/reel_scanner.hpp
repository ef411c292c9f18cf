// ReelScanner: the lines of a reel in batches, with the keys of those in our own spelling: the part
// of reading that needs nothing but the line, and can be done on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "codec/line_reader.hpp"
#include "dedupe/line_key.hpp"

namespace md::dedupe {

// Files to be read one after another, as one recorder wrote them.
struct Reel {
  int recorder = 0;  // reels of one recorder share its number
  std::vector<std::string> files;
};

struct ScannedLine {
  std::string_view text;  // in the batch's block, with codec::kPadding readable bytes behind it
  std::uint64_t number = 0;
  bool scanned = false;  // the key is there; else KeyReader has to see what the line is
  LineKey key;           // its views point into `text`
};

// Lines of one file, and what stands behind them.
struct LineBatch {
  std::string file;
  std::vector<ScannedLine> lines;
  std::optional<Error> damage;  // something was lost here; the next batch goes on behind it
  std::optional<Error> failed;  // the reel cannot be read any further
  bool end = false;             // of the reel
  codec::LineReader::Block block;
};

class ReelScanner {
 public:
  // ahead: as in codec::LineReader::Options.
  ReelScanner(Reel reel, bool ahead) : reel_(std::move(reel)), ahead_(ahead) {}

  // Fills `batch` anew, with the lines that are at hand: a pipe's writer is waited for only when
  // there is none. Not to be called after a batch with `failed` or `end`.
  void fill(LineBatch& batch);

 private:
  static void scan(LineBatch& batch);

  Reel reel_;
  bool ahead_;
  std::size_t file_ = 0;
  std::optional<codec::LineReader> lines_;
};

}  // namespace md::dedupe
