// Rows in PostgreSQL's binary COPY format, both ways
// (PostgreSQL 15 documentation, COPY, "Binary Format"; the field formats are those of the types'
// send functions):
//
//   file     "PGCOPY\n\377\r\n\0"  flags int32 = 0  length of extension int32 = 0   row...  int16
//   -1 row      fields int16, then per field: length int32 (-1 = NULL), bytes numeric  groups
//   int16, weight int16, sign int16 (0, 0x4000), digits after the point int16, groups of 4 digits
//   int16
//            value = sum of groups[i] * 10000^(weight - i)
//   time     microseconds since 2000-01-01T00:00:00Z, int64
//   array    dimensions int32 (0 = empty), has NULLs int32, element type int32, length int32, lower
//   bound int32 = 1,
//            then per element: length int32, bytes
//
// All integers big-endian. Decimals are exact: no floating point unless the columns are double
// precision.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/buffer.hpp"
#include "base/decimal.hpp"
#include "base/time.hpp"
#include "model/event.hpp"
#include "store/schema.hpp"

namespace md::store {

// What a COPY begins with, and ends with.
std::string_view copy_header();
std::string_view copy_trailer();

// Appends rows to a buffer. Values must fit their types: times in [kFirstTime, kLastTime], text
// UTF-8 without NUL.
class RowWriter {
 public:
  RowWriter(Buffer& out, Numbers numbers) : out_(out), numbers_(numbers) {}

  void begin(int fields);
  void null();
  void integer(std::int32_t value);
  void bigint(std::int64_t value);
  void boolean(bool value);
  void text(std::string_view value);  // text and enumerations
  void time(Micros value);
  void number(const Decimal& value);
  void numbers(std::span<const Level> levels, Decimal Level::*member);
  void texts(std::span<const std::string_view> values);

  // An absent value is NULL.
  void bigint(const Seq& value);
  void number(const std::optional<Decimal>& value);

 private:
  Buffer& out_;
  Numbers numbers_;
};

// Times whose ISO 8601 text both sides read alike: years 0001 to 9999 (PostgreSQL has no year 0).
constexpr Micros kFirstTime = -62'135'596'800 * kSecond;
constexpr Micros kLastTime = 253'402'300'800 * kSecond - 1;

// Takes one row apart, field by field in order. A field that is not what is asked for makes ok()
// false, and all that follows empty.
class RowReader {
 public:
  // `rows` is moved on behind what is read; it must outlive the reader.
  RowReader(std::string_view& rows, Numbers numbers) : rest_(rows), numbers_(numbers) {}

  // Begins the next row. False = the trailer, or not `fields` fields (then ok() is false).
  bool begin(int fields);
  void skip();
  bool boolean();
  std::string_view text();  // "" for NULL
  Micros time();
  Decimal number();
  Seq optional_bigint();
  std::optional<Micros> optional_time();
  std::optional<Decimal> optional_number();
  // Into levels[i].*member. The first of two calls (`grow`) sets the size, the second must have the
  // same.
  void numbers(std::vector<Level>& levels, Decimal Level::*member, bool grow);
  void texts(std::vector<std::string_view>& values);  // empty for NULL

  bool ok() const { return ok_; }
  void fail();  // the row is not what its reader expects

 private:
  std::string_view take(std::size_t size);
  std::optional<std::string_view> field();
  Decimal decode_number(std::string_view bytes);
  int array_size(std::string_view& bytes, std::uint32_t element);

  std::string_view& rest_;
  Numbers numbers_;
  bool ok_ = true;
};

}  // namespace md::store
