#include "dedupe/reel_scanner.hpp"

#include <algorithm>
#include <utility>

namespace md::dedupe {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{128} << 10;
// A line that is longer gets a batch of its own, whose memory does not stay.
constexpr std::size_t kKeptBytes = 4 * kBatchBytes;

}  // namespace

void ReelScanner::fill(LineBatch& batch) {
  batch.lines.clear();
  batch.damage.reset();
  batch.text.clear();
  if (!lines_) {
    if (file_ == reel_.files.size()) {
      batch.end = true;
      return;
    }
    auto opened = codec::LineReader::open(reel_.files[file_++], {.ahead = ahead_});
    if (!opened) {
      batch.failed = std::move(opened).error();
      return;
    }
    lines_ = std::move(opened).value();
  }
  batch.file = lines_->path();
  if (batch.text.capacity() > kKeptBytes) batch.text = Buffer{};
  batch.text.reserve(std::max(kBatchBytes, held_.size()) + codec::kPadding);
  if (!held_.empty()) add(std::exchange(held_, {}), batch);
  std::string_view line;
  while (!lines_->may_wait() || batch.lines.empty()) {
    switch (lines_->next(line)) {
      case codec::LineReader::Read::line:
        if (line.empty()) continue;
        // The views of lines before must stay.
        if (batch.text.size() + line.size() > kBatchBytes) {
          held_ = line;
          return;
        }
        add(line, batch);
        continue;
      case codec::LineReader::Read::damage:
        (lines_->damage().code == Errc::io ? batch.failed : batch.damage) = lines_->damage();
        return;
      case codec::LineReader::Read::end:
        lines_.reset();
        return;
    }
  }
}

void ReelScanner::add(std::string_view line, LineBatch& batch) {
  const std::size_t begin = batch.text.size();
  batch.text.append(line);
  ScannedLine& added = batch.lines.emplace_back();
  added.text = batch.text.view().substr(begin);
  added.number = lines_->line_number();
  // What a gap or a connection says must be right to the word: KeyReader reads it.
  added.scanned = scan_line(added.text, added.key) && added.key.type < Type::connect;
}

}  // namespace md::dedupe
