// RowReader: the events of a member, from the CSV rows that RowWriter wrote.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "archive/member_stream.hpp"
#include "archive/table.hpp"
#include "base/result.hpp"
#include "model/event.hpp"

namespace md::archive {

// More than the longest event line can hold: what a hostile member may make us keep for one message
// (about 200 MiB).
constexpr std::size_t kMaxLevels = std::size_t{1} << 22;

// What was read so far.
struct RowTotals {
  std::uint64_t rows = 0;       // of CSV, without the header
  std::uint64_t events = 0;     // fewer than rows in incremental_book_L2
  std::optional<Micros> first;  // least and greatest timestamp
  std::optional<Micros> last;
  void add(std::uint64_t more_rows, Micros timestamp);
  friend bool operator==(const RowTotals&, const RowTotals&) = default;
};

class RowReader {
 public:
  // The member's rows must be of `stream`.
  RowReader(MemberStream in, Stream stream);
  RowReader(RowReader&&) noexcept;
  RowReader& operator=(RowReader&&) noexcept;
  ~RowReader();

  // The next event, whose views are valid until the next call; false at the end.
  // malformed: the member's name, line, and what is wrong there; io.
  Result<bool> next(Event& event);
  const RowTotals& totals() const;
  // SHA-256 of the compressed member; ends the reading.
  Result<store::Sha256> digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::archive
