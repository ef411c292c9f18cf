#include "book/follow_book.hpp"

#include <algorithm>

namespace md::book {

using venue::BookUpdate;

// The leader's aligner: all passes, but for a gap, which another's book may spare us.
class FollowBook::Leading final : public Aligner::Out {
 public:
  Leading(SharedBook::Out& out, bool has_successor) : out_(out), has_successor_(has_successor) {}
  void book_change(std::string_view symbol, Micros timestamp, const BookChange& change) override {
    if (!broke) out_.book_change(symbol, timestamp, change);
  }
  void gap(std::string_view symbol, const Gap& gap) override {
    if (has_successor_) {
      broke = true;
    } else {
      out_.gap(symbol, gap);
    }
  }
  void request(venue::Request request) override { out_.request(std::move(request)); }
  void book_lost(std::string_view symbol) override { out_.book_lost(symbol); }

  bool broke = false;

 private:
  SharedBook::Out& out_;
  const bool has_successor_;
};

// Another's: its book is kept, nothing is given.
class FollowBook::Following final : public Aligner::Out {
 public:
  Following(Member& member, const venue::BookRule& rule, SharedBook::Out& out)
      : member_(member), rule_(rule), out_(out) {}
  void book_change(std::string_view, Micros timestamp, const BookChange& change) override {
    if (change.is_snapshot && !member_.book) member_.book.emplace(rule_.depth);
    if (!member_.book) return;
    member_.book->apply(change);
    member_.timestamp = timestamp;
    out_.repeated();
  }
  void gap(std::string_view, const Gap&) override { member_.book.reset(); }
  void request(venue::Request request) override { out_.request(std::move(request)); }
  void book_lost(std::string_view symbol) override { out_.book_lost(symbol); }

 private:
  Member& member_;
  const venue::BookRule& rule_;
  SharedBook::Out& out_;
};

void FollowBook::on_update(std::uint32_t connection, const BookUpdate& update, Micros now,
                           Out& out) {
  speak(member(connection), update, now, out, false);
}

FollowBook::Member& FollowBook::member(std::uint32_t connection) {
  for (Member& m : members_)
    if (m.connection == connection) return m;
  return members_.emplace_back(connection, rule_, symbol_, room_);
}

void FollowBook::speak(Member& from, const BookUpdate& update, Micros now, Out& out,
                       bool is_reply) {
  const auto pass = [&](Aligner::Out& to) {
    is_reply ? from.aligner.on_reply(update, now, to) : from.aligner.on_update(update, now, to);
  };
  if (!leads(from)) {
    Following following{from, rule_, out};
    return pass(following);
  }
  if (members_.size() == 1) return pass(out);
  const bool has_successor =
      std::ranges::any_of(members_, [](const Member& m) { return m.book.has_value(); });
  Leading leading{out, has_successor};
  pass(leading);
  if (leading.broke) succeed(out);
}

void FollowBook::on_reply(const BookUpdate& update, Micros now, Out& out) {
  // By number, as the leader may change meanwhile.
  std::vector<std::uint32_t> connections;
  for (const Member& m : members_) connections.push_back(m.connection);
  for (const std::uint32_t connection : connections) {
    out.speak_for(connection);
    speak(member(connection), update, now, out, true);
  }
}

// One with a book becomes the first; who led before follows from its next snapshot.
bool FollowBook::succeed(Out& out) {
  const auto next =
      std::ranges::find_if(members_, [](const Member& m) { return m.book.has_value(); });
  if (next == members_.end()) return false;
  members_.splice(members_.begin(), members_, next);
  Member& leader = members_.front();
  const std::vector<Level> bids = leader.book->best_bids(0), asks = leader.book->best_asks(0);
  out.book_change(symbol_, leader.timestamp, BookChange{true, bids, asks, {}, {}, true});
  leader.book.reset();
  return true;
}

void FollowBook::leave(std::uint32_t connection, Micros, Out& out) {
  const auto gone = std::ranges::find(members_, connection, &Member::connection);
  if (gone == members_.end()) return;
  const bool led = leads(*gone), was_live = gone->aligner.live();
  if (led && !was_live) gone->aligner.give_up(GapReason::disconnect, out);
  members_.erase(gone);
  if (!led || succeed(out) || !was_live) return;
  out.gap(symbol_, Gap{Type::book_change, {}, {}, GapReason::disconnect, {}});
}

void FollowBook::give_up(GapReason reason, Out& out) {
  if (!members_.empty()) members_.front().aligner.give_up(reason, out);
}

std::uint64_t FollowBook::unanswered() const {
  return members_.empty() ? 0 : members_.front().aligner.unanswered();
}

}  // namespace md::book
