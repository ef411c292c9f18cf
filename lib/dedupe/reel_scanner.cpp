#include "dedupe/reel_scanner.hpp"

#include <utility>

namespace md::dedupe {
namespace {

// A huge line's memory does not stay.
constexpr std::size_t kKeptBytes = std::size_t{768} << 10;

}  // namespace

void ReelScanner::fill(LineBatch& batch) {
  batch.lines.clear();
  batch.damage.reset();
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
  if (batch.block.memory.capacity() > kKeptBytes) batch.block.memory = Buffer{};
  switch (lines_->next_block(batch.block)) {
    case codec::LineReader::Read::line:
      return scan(batch);
    case codec::LineReader::Read::damage:
      (lines_->damage().code == Errc::io ? batch.failed : batch.damage) = lines_->damage();
      return;
    case codec::LineReader::Read::end:
      lines_.reset();
      return;
  }
}

void ReelScanner::scan(LineBatch& batch) {
  std::uint64_t number = batch.block.first;
  for (const std::string_view line : batch.block.lines) {
    const std::uint64_t this_number = number++;
    if (line.empty()) continue;
    ScannedLine& added = batch.lines.emplace_back();
    added.text = line;
    added.number = this_number;
    // What a gap or a connection says must be right to the word: KeyReader reads it.
    added.scanned = scan_line(line, added.key) && added.key.type < Type::connect;
  }
}

}  // namespace md::dedupe
