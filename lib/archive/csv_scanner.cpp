#include "archive/csv_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace md::archive {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

}  // namespace

Error CsvScanner::malformed(std::string_view what) const {
  return Error{Errc::malformed, std::string{what}, in_.name(), line_, 0};
}

Result<void> CsvScanner::fill() {
  if (begin_ != 0) {
    std::memmove(text_.get(), text_.get() + begin_, end_ - begin_);
    scanned_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (capacity_ - end_ < kChunk) {
    const std::size_t bigger = std::max(2 * capacity_, 2 * kChunk);
    auto grown = std::make_unique_for_overwrite<char[]>(bigger);
    if (end_ != 0) std::memcpy(grown.get(), text_.get(), end_);
    text_ = std::move(grown);
    capacity_ = bigger;
  }
  MD_TRY(const std::size_t got, in_.read(text_.get() + end_, kChunk));
  end_ += got;
  eof_ = got == 0;
  return {};
}

// Finds the '\n' that ends the record at begin_; false where nothing follows any more.
Result<bool> CsvScanner::find_end(std::size_t& end) {
  while (true) {
    while (scanned_ < end_) {
      char* const from = text_.get() + scanned_;
      char* const found = static_cast<char*>(std::memchr(from, '\n', end_ - scanned_));
      char* const to = found != nullptr ? found : text_.get() + end_;
      // A quote inside quotes is doubled, so counting all of them tells whether we are inside.
      quoted_ ^= std::count(from, to, '"') % 2 != 0;
      scanned_ = static_cast<std::size_t>(to - text_.get());
      if (found == nullptr) break;
      ++scanned_;
      ++next_line_;
      if (quoted_) continue;
      end = scanned_ - 1;
      return true;
    }
    if (scanned_ - begin_ > kMaxRecord)
      return malformed(fmt::format("record is longer than {} bytes", kMaxRecord));
    if (eof_) {
      if (begin_ != end_) return malformed("record without end");
      return false;
    }
    MD_CHECK(fill());
  }
}

Result<bool> CsvScanner::next() {
  line_ = next_line_;
  std::size_t end = 0;
  MD_TRY(const bool found, find_end(end));
  if (!found) return false;
  MD_CHECK(split(text_.get() + begin_, text_.get() + end));
  begin_ = end + 1;
  return true;
}

Result<void> CsvScanner::split(char* at, char* end) {
  fields_.clear();
  while (true) {
    if (at != end && *at == '"') {
      // Closing up over doubled quotes, in place.
      char* const begin = ++at;
      char* to = begin;
      while (true) {
        char* const quote =
            static_cast<char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        if (quote == nullptr) return malformed("quoted field without end");
        const bool doubled = quote + 1 != end && quote[1] == '"';
        const std::size_t size = static_cast<std::size_t>(quote - at) + (doubled ? 1 : 0);
        std::memmove(to, at, size);
        to += size;
        at = quote + (doubled ? 2 : 1);
        if (!doubled) break;
      }
      fields_.emplace_back(begin, static_cast<std::size_t>(to - begin));
      if (at != end && *at != ',') return malformed("text behind a quoted field");
    } else {
      char* comma = static_cast<char*>(std::memchr(at, ',', static_cast<std::size_t>(end - at)));
      if (comma == nullptr) comma = end;
      const std::string_view field{at, static_cast<std::size_t>(comma - at)};
      if (field.find('"') != std::string_view::npos)
        return malformed("quote inside a field without quotes");
      fields_.push_back(field);
      at = comma;
    }
    if (at == end) return {};
    ++at;
  }
}

}  // namespace md::archive
