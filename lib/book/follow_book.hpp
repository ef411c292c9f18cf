// FollowBook: the SharedBook of venues without numbers that are the same on all connections.
#pragma once

#include <list>
#include <optional>
#include <string>

#include "book/book.hpp"
#include "book/shared_book.hpp"

namespace md::book {

class FollowBook final : public SharedBook {
 public:
  FollowBook(const venue::BookRule& rule, std::string_view symbol, Aligner::Room& room,
             std::uint32_t connection)
      : rule_(rule), room_(room), symbol_(symbol) {
    member(connection);
  }

  void on_update(std::uint32_t connection, const venue::BookUpdate& update, Micros now,
                 Out& out) override;
  void on_reply(const venue::BookUpdate& update, Micros now, Out& out) override;
  void leave(std::uint32_t connection, Micros now, Out& out) override;
  void give_up(GapReason reason, Out& out) override;
  Seq last() const override { return {}; }
  bool live() const override { return !members_.empty() && members_.front().aligner.live(); }
  std::uint64_t unanswered() const override;

 private:
  struct Member {
    Member(std::uint32_t c, const venue::BookRule& rule, std::string_view symbol,
           Aligner::Room& room)
        : connection(c), aligner(rule, symbol, room) {}
    std::uint32_t connection;
    Aligner aligner;
    std::optional<Book> book;  // of one that follows, once it has a snapshot
    Micros timestamp = 0;      // of that book
  };
  class Leading;
  class Following;

  Member& member(std::uint32_t connection);
  void speak(Member& from, const venue::BookUpdate& update, Micros now, Out& out, bool is_reply);
  bool succeed(Out& out);
  bool leads(const Member& m) const { return &m == &members_.front(); }

  const venue::BookRule& rule_;
  Aligner::Room& room_;
  std::string symbol_;
  std::list<Member> members_;  // the first one leads
};

}  // namespace md::book
