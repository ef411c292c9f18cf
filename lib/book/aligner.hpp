// Aligner: from a venue's book messages to a stream that always rebuilds.
//
// The one state machine behind all venues' books; venue::BookRule configures it.
//
//             first message           snapshot that meets the held messages
//   (fresh) ----------------> waiting --------------------------------------> live
//                                ^                                             |
//                                +------------ gap: sequence or checksum ------+
//
// rest:      waiting holds changes (bounded) and asks for a snapshot, by REST or by a frame. A
//            snapshot at seq L meets them if the first change has prev_seq <= L; older snapshots
//            are asked for again. Changes up to L are dropped, the rest follow it. Venues without
//            numbers are compared by timestamp.
// in_stream: waiting drops changes until the stream's snapshot; a gap asks for a resubscription.
//            Where an older channel of the venue has its snapshots from REST, waiting holds changes
//            too: whichever snapshot comes first says which of the two rules is this book's.
// every:     each message is a snapshot.
//
// A change without levels and numbers that has a checksum only verifies the book.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/book.hpp"
#include "venue/venue.hpp"

namespace md::book {

class Aligner {
 public:
  // Where results go; views are valid during the call.
  class Out {
   public:
    virtual ~Out() = default;
    virtual void book_change(std::string_view symbol, Micros timestamp,
                             const BookChange& change) = 0;
    virtual void gap(std::string_view symbol, const Gap& gap) = 0;
    virtual void request(venue::Request request) = 0;
    // The rule's frames that enter the book again follow.
    virtual void book_lost(std::string_view) {}
  };

  // Most that waits for a snapshot in one book; beyond, the oldest goes. That is no loss where the
  // snapshot contains what went, and one gap `overflow` over all of it where it may not.
  static constexpr std::size_t kMaxHeld = 16384;
  static constexpr std::size_t kMaxHeldLevels = 262144;

  static constexpr Micros kProbeGap = 5 * kSecond;

  // The same for all books of a feed, in bytes: who holds more when it is used up gives its oldest;
  // each keeps its newest message. Vectors grow by doubling, and what was dropped is given back
  // late: the process needs up to four times as much.
  struct Room {
    std::ptrdiff_t left = std::ptrdiff_t{32} << 20;
  };

  // Both outlive the aligner.
  Aligner(const venue::BookRule& rule, std::string_view symbol, Room& room);
  Aligner(const Aligner&) = delete;
  Aligner& operator=(const Aligner&) = delete;
  ~Aligner() { forget_held(); }

  // A message of the book channel. `now`: localTimestamp of its frame.
  void on_update(const venue::BookUpdate& update, Micros now, Out& out);
  // A REST snapshot. Two that nobody asked for, kProbeGap apart, find out a live book whose stream
  // died: what the first one tells must have come over it by the second one.
  void on_reply(const venue::BookUpdate& update, Micros now, Out& out);
  // The connection or the input ended: what still waits is lost, and said to be.
  void give_up(GapReason reason, Out& out);
  std::string_view symbol() const { return symbol_; }
  // It has its snapshot, and follows.
  bool live() const { return live_; }
  Seq last() const { return last_; }  // seq of the last message given
  // Messages given up so far.
  std::uint64_t unanswered() const { return unanswered_; }

 private:
  struct Held {
    Micros timestamp;
    Seq prev_seq, seq;
    std::optional<std::uint32_t> checksum;
    std::size_t bids, asks;  // how many of held_levels_, bids first
  };

  void on_snapshot(const venue::BookUpdate& update, Micros now, Out& out);
  void on_probe(const venue::BookUpdate& update, Micros now, Out& out);
  void on_refreshed(const venue::BookUpdate& update, Out& out);
  void on_change(const venue::BookUpdate& update, Micros now, Out& out);
  bool is_stale(const venue::BookUpdate& update) const;
  bool continues(const venue::BookUpdate& update) const;
  void accept(const venue::BookUpdate& update, Out& out);
  void lose(GapReason reason, const venue::BookUpdate& update, Out& out);
  void ask_for_snapshot(Out& out);

  bool hold(const venue::BookUpdate& update);
  bool holds_too_much() const;
  static std::ptrdiff_t cost(std::size_t messages, std::size_t levels);
  void settle_dropped(const venue::BookUpdate* snapshot, Out& out);
  void drop_oldest();
  venue::BookUpdate held(std::size_t index, std::size_t first_level) const;
  void forget_held();

  const venue::BookRule& rule_;
  Room& room_;
  std::string symbol_;
  bool asks_;  // snapshots are asked for, and meet the held changes: the rule `rest`
  bool live_ = false;
  bool was_live_ = false;
  bool chained_ = false;       // a change was accepted since the snapshot
  bool asked_ = false;         // a snapshot is on its way
  Seq last_;                   // seq of the last message given
  Micros last_timestamp_ = 0;  // venues without numbers
  Micros snapshot_at_ = 0;     // localTimestamp of the last snapshot, for BookRule::refresh_ms
  Seq probe_;                  // of a reply that was ahead of the live book
  Micros probed_at_ = 0;       // its localTimestamp
  Micros refresh_from_ = 0;    // what a refreshing snapshot must reach
  std::optional<Book> book_;   // kept where a checksum needs it

  std::vector<Held> held_;
  std::vector<Level> held_levels_;
  std::size_t held_begin_ = 0;  // of held_ and held_levels_: the ones before were dropped
  std::size_t held_levels_begin_ = 0;
  // All that had to go while waiting, from the first one's prev_seq to the last one's seq.
  struct Dropped {
    Seq prev_seq, seq;
    Micros timestamp;
  };
  std::optional<Dropped> dropped_;
  std::uint64_t unanswered_ = 0;
};

}  // namespace md::book
