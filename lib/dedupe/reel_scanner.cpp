#include "dedupe/reel_scanner.hpp"

#include <utility>

namespace md::dedupe {
namespace {

// A huge line's memory does not stay.
constexpr std::size_t kKeptBytes = std::size_t{512} << 10;

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
  const std::uint64_t lines_before = lines_->line_number();
  switch (lines_->next_lines(batch.text)) {
    case codec::LineReader::Read::line:
      return scan(lines_before, batch);
    case codec::LineReader::Read::damage:
      (lines_->damage().code == Errc::io ? batch.failed : batch.damage) = lines_->damage();
      return;
    case codec::LineReader::Read::end:
      lines_.reset();
      return;
  }
}

void ReelScanner::scan(std::uint64_t number, LineBatch& batch) {
  for (std::string_view rest = batch.text.view(); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    ScannedLine& added = batch.lines.emplace_back();
    added.text = line;
    added.number = number;
    // What a gap or a connection says must be right to the word: KeyReader reads it.
    added.scanned = scan_line(line, added.key) && added.key.type < Type::connect;
  }
}

}  // namespace md::dedupe
