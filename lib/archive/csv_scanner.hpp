// CsvScanner: the records of a CSV member (RFC 4180 with '\n' ends), split into fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "archive/member_stream.hpp"
#include "base/result.hpp"
#include "codec/line_reader.hpp"

namespace md::archive {

// Longest record, in bytes: twice what the longest event line can become by doubled quotes.
constexpr std::size_t kMaxRecord = 2 * codec::kMaxLine;

class CsvScanner {
 public:
  explicit CsvScanner(MemberStream in) : in_(std::move(in)) {}

  // The next record; false at the end. Errors: those of MemberStream, and malformed with the line.
  Result<bool> next();
  // Of the record last read, without their quotes; valid until the next one is read.
  std::span<const std::string_view> fields() const { return fields_; }
  // Where that record began, 1-based.
  std::uint64_t line() const { return line_; }
  Error malformed(std::string_view what) const;

  MemberStream& stream() { return in_; }

 private:
  Result<bool> find_end(std::size_t& end);
  Result<void> fill();
  Result<void> split(char* at, char* end);

  MemberStream in_;
  std::unique_ptr<char[]> text_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;    // of the next record
  std::size_t scanned_ = 0;  // the record does not end in [begin_, scanned_)
  std::size_t end_ = 0;
  bool quoted_ = false;  // inside quotes at scanned_
  bool eof_ = false;
  std::uint64_t line_ = 0;
  std::uint64_t next_line_ = 1;
  std::vector<std::string_view> fields_;
};

}  // namespace md::archive
