// StreamCheck: one stream (exchange, symbol, type) read in order, and what is wrong with it.
//
// Memory: fixed, but for the hours it has data for (24 bytes each), up to
// book::MissingIds::kMaxHoles open holes, and for book streams the book.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "book/book.hpp"
#include "book/missing_ids.hpp"
#include "check/finding.hpp"
#include "dedupe/line_key.hpp"
#include "dedupe/stream_table.hpp"

namespace md::check {

// What one hour holds of a stream. Covered: between two messages that follow each other without a
// hole, a disconnect or a silence.
struct Hour {
  std::int64_t hour = 0;  // since 1970
  Micros covered = 0;
  std::uint64_t messages = 0;
};

struct Totals {
  std::uint64_t messages = 0;
  std::uint64_t holes = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t disorder = 0;  // times or numbers that went back, but of backfilled trades
  std::uint64_t backfilled = 0;
  std::uint64_t silences = 0;
  std::uint64_t disconnects = 0;
  std::uint64_t crossed = 0;
  Micros first = 0;  // localTimestamp
  Micros last = 0;
  Micros min_latency = 0;  // localTimestamp - timestamp, where the venue gives a time
  Micros max_latency = 0;
  bool has_latency = false;
};

class StreamCheck {
 public:
  // silence: longest pause that is none; 0 = kUsualPauses times the stream's mean, at least
  // kLeastSilence.
  StreamCheck(const dedupe::Stream& stream, std::string_view recorder, Micros silence,
              int book_depth, FindingSink& out)
      : stream_(stream), recorder_(recorder), silence_(silence), out_(out), book_(book_depth) {}

  static constexpr int kUsualPauses = 20;
  static constexpr Micros kLeastSilence = kMinute;

  // The next message. `known`: one with the same identity came lately. `change`: what a book_change
  // says.
  void on_message(const dedupe::LineKey& key, bool known, const BookChange* change);
  // The recorder's own word that something is missing before the next message.
  void on_gap();
  void on_disconnect() { interrupted_ = true, ++totals_.disconnects; }
  // Nothing of its exchange came for long, whether or not a disconnect was told before.
  void on_outage() {
    if (!interrupted_) on_disconnect();
  }
  // No more messages: what was held back in hope of a repair is found now.
  void finish();

  const dedupe::Stream& stream() const { return stream_; }
  std::string_view recorder() const { return recorder_; }
  const Totals& totals() const { return totals_; }
  const std::vector<Hour>& hours() const { return hours_; }
  // Share of the time between the first and last message that is covered, 0 to 1.
  double coverage() const;

 private:
  void check_time(const dedupe::LineKey& key);
  void check_trade(const dedupe::LineKey& key, bool known);
  void check_numbers(const dedupe::LineKey& key, bool known);
  void check_book(const dedupe::LineKey& key, const BookChange& change);
  void cover(Micros from, Micros to);
  Hour& hour_of(Micros time);
  void end_crossing();
  void hole(std::string_view reason, Micros from, Micros to, Seq prev_seq, Seq seq,
            std::uint64_t messages = 0);
  void hole(const book::IdHole& hole);
  Finding finding(Kind kind, Micros from, Micros to) const;

  const dedupe::Stream& stream_;
  std::string recorder_;
  Micros silence_;
  FindingSink& out_;
  Totals totals_;
  std::vector<Hour> hours_;
  book::MissingIds ids_;
  std::int64_t last_id_ = 0;
  Seq seq_;
  bool has_changes_ = false;  // a book with messages that are not whole books
  bool known_ = false;        // the book is whole
  bool interrupted_ = false;  // a disconnect since the last message
  bool gap_told_ = false;     // a gap line since the last message
  bool broken_ = false;       // a hole ends with this message
  bool stale_ = false;        // this message is behind what was read
  book::Book book_;
  std::uint64_t crossed_messages_ = 0;
  Micros crossed_from_ = 0;
  Micros crossed_to_ = 0;
};

}  // namespace md::check
