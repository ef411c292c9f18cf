// ChainBook: the SharedBook of venues whose numbers are the same on all connections.
#pragma once

#include <memory>
#include <vector>

#include "book/repeats.hpp"
#include "book/shared_book.hpp"

namespace md::book {

class ChainBook final : public SharedBook {
 public:
  ChainBook(const venue::BookRule& rule, std::string_view symbol, Aligner::Room& room,
            std::uint32_t connection)
      : whole_(rule.snapshot == venue::BookRule::Snapshot::every),
        aligner_(rule, symbol, room),
        members_{{connection}},
        feeder_(connection) {}

  void on_update(std::uint32_t connection, const venue::BookUpdate& update, Micros now,
                 Out& out) override;
  void on_reply(const venue::BookUpdate& update, Micros now, Out& out) override;
  void leave(std::uint32_t connection, Micros now, Out& out) override;
  void give_up(GapReason reason, Out& out) override;
  Seq last() const override { return aligner_.last(); }
  bool live() const override { return aligner_.live(); }
  std::uint64_t unanswered() const override { return aligner_.unanswered(); }

 private:
  struct Member {
    std::uint32_t connection = 0;
    bool spoke = false;
    Seq seq{};  // of its last message
  };
  // A message ahead of the chain.
  struct Ahead {
    std::uint32_t connection;
    Micros received;
    Micros timestamp;
    Seq prev_seq, seq;
    std::optional<std::uint32_t> checksum;
    std::vector<Level> bids, asks;

    venue::BookUpdate update(std::string_view symbol) const {
      return {symbol, timestamp, false, bids, asks, prev_seq, seq, checksum};
    }
  };

  Member& member(std::uint32_t connection);
  void give(Member& from, const venue::BookUpdate& update, Micros now, Out& out);
  void give_rest(Member& from, const venue::BookUpdate& update, Micros now, Out& out);
  void keep(const Member& from, const venue::BookUpdate& update, Micros now);
  void wait(Member& from, const venue::BookUpdate& update, Micros now, Out& out);
  bool is_known(const Member& from, const venue::BookUpdate& snapshot, Micros now);
  void take(Member& from, const venue::BookUpdate& update, Micros now, Out& out);
  void take_snapshot(Member& from, bool joins, const venue::BookUpdate& update, Micros now,
                     Out& out);
  void take_handed_over(Member& from, const venue::BookUpdate& update, Micros now, Out& out);
  void settle(Micros now, Out& out);
  bool follow_up(Micros now, Out& out);
  bool is_hopeless(Micros now) const;
  void lose(Micros now, Out& out);

  const bool whole_;  // each message is the whole book
  Aligner aligner_;
  std::vector<Member> members_;  // that have spoken, and the one that began
  std::uint32_t feeder_;         // whose messages count while there is no chain to compare with
  bool handed_over_ = false;     // one has left: is the one that is left where the chain is?
  std::vector<Ahead> ahead_;     // in order of arrival, at most Aligner::kMaxHeld
  std::unique_ptr<Repeats> snapshots_;  // on the stream, of several members
};

}  // namespace md::book
