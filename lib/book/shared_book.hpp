// SharedBook: one market's book from the connections that carry it beside each other, given once.
//
// With one connection it is that connection's Aligner. With several it depends on the venue:
//
// chain    (BookMerge::chain) All connections get the same numbers. One Aligner takes each message
//          from whoever has it first; what is ahead of the chain waits until the others have filled
//          the hole, or it is sure that none of them will: all are past it, or kPatience is over.
// follow   (the others) Each connection has its Aligner. One leads; the others keep their books
//          silently. When the leader ends or breaks, another takes over with its book as a
//          `rebuilt` snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "book/aligner.hpp"
#include "venue/venue.hpp"

namespace md::book {

class SharedBook {
 public:
  class Out : public Aligner::Out {
   public:
    // Requests that follow are this connection's.
    virtual void speak_for(std::uint32_t connection) = 0;
    // A message that another connection had brought already.
    virtual void repeated() = 0;
  };

  // How long a message that is ahead waits for the ones before it; localTimestamps tell.
  static constexpr Micros kPatience = 10 * kSecond;

  // `connection`: the one that begins it. `rule` and `room` outlive the book.
  static std::unique_ptr<SharedBook> make(const venue::BookRule& rule, venue::BookMerge merge,
                                          std::string_view symbol, Aligner::Room& room,
                                          std::uint32_t connection);
  virtual ~SharedBook() = default;

  virtual void on_update(std::uint32_t connection, const venue::BookUpdate& update, Micros now,
                         Out& out) = 0;
  // A REST snapshot.
  virtual void on_reply(const venue::BookUpdate& update, Micros now, Out& out) = 0;
  // The connection ended, or cannot be trusted; others go on.
  virtual void leave(std::uint32_t connection, Micros now, Out& out) = 0;
  // The last connection or the input ended.
  virtual void give_up(GapReason reason, Out& out) = 0;
  // The number of the last message given, where these are the same on all connections.
  virtual Seq last() const = 0;
  // It has its snapshot, and follows.
  virtual bool live() const = 0;
  // Messages given up so far, for want of a snapshot.
  virtual std::uint64_t unanswered() const = 0;
};

}  // namespace md::book
