#include "dedupe/book_follow.hpp"

#include <bit>

#include "codec/event_json.hpp"

namespace md::dedupe {

BookFollow::Verdict BookFollow::release(const Held& message, const Event& event,
                                        const BookChange& change, const Outages& outages,
                                        MarketId market, Buffer& snapshot) {
  const auto needed = static_cast<std::size_t>(std::bit_width(message.recorders));
  if (needed > recorders_.size()) recorders_.resize(needed);

  const Verdict verdict = same_cuts() ? unite(message, change, outages, market)
                                      : follow(message, change, outages, market);
  if (verdict == Verdict::write_after_snapshot) {
    const book::Book& book = recorders_[static_cast<std::size_t>(leader_)].book;
    const auto bids = book.best_bids(0);
    const auto asks = book.best_asks(0);
    Event rebuilt = event;
    rebuilt.body = BookChange{true, bids, asks, {}, {}, true};
    codec::append_event(snapshot, rebuilt);
  }
  for (std::size_t r = 0; r < recorders_.size(); ++r) {
    if ((message.recorders >> r & 1) == 0) continue;
    recorders_[r].known = recorders_[r].known || change.is_snapshot;
    recorders_[r].book.apply(change);
  }
  return verdict;
}

BookFollow::Verdict BookFollow::unite(const Held& message, const BookChange& change,
                                      const Outages& outages, MarketId market) const {
  if (!change.is_snapshot || change.rebuilt) return Verdict::write;
  // A recorder that reconnected: not needed where another kept the book.
  for (std::size_t r = 0; r < recorders_.size(); ++r) {
    const bool other = (message.recorders >> r & 1) == 0 && recorders_[r].known;
    if (other && outages.up(static_cast<int>(r), market, message.local_timestamp)) {
      return Verdict::drop;
    }
  }
  return Verdict::write;
}

BookFollow::Verdict BookFollow::follow(const Held& message, const BookChange& change,
                                       const Outages& outages, MarketId market) {
  if (leader_ >= 0 && (message.recorders >> leader_ & 1) != 0) return Verdict::write;
  // The outages are known ahead: the switch comes where the leader's hole begins, not where it
  // noticed.
  const Follower& own = recorders_[static_cast<std::size_t>(message.recorder)];
  const bool based = own.known || change.is_snapshot;
  const bool lost =
      leader_ < 0 || (based && (!recorders_[static_cast<std::size_t>(leader_)].known ||
                                !outages.up(leader_, market, message.local_timestamp)));
  if (!lost) return Verdict::drop;
  leader_ = message.recorder;
  return own.known && !change.is_snapshot ? Verdict::write_after_snapshot : Verdict::write;
}

void BookFollow::on_break(Recorders recorders) {
  for (std::size_t r = 0; r < recorders_.size(); ++r) {
    if ((recorders >> r & 1) != 0) recorders_[r].known = false;
  }
  if (leader_ >= 0 && (recorders >> leader_ & 1) != 0) leader_ = -1;
}

}  // namespace md::dedupe
