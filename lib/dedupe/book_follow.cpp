#include "dedupe/book_follow.hpp"

#include <limits>

#include "codec/event_json.hpp"

namespace md::dedupe {

BookFollow::Verdict BookFollow::release(const Held& message, const Event& event,
                                        const BookChange& change, const Outages& outages,
                                        MarketId market, Buffer& snapshot) {
  const auto recorder = static_cast<std::size_t>(message.recorder);
  if (recorder >= recorders_.size()) recorders_.resize(recorder + 1);
  Follower& own = recorders_[recorder];

  Verdict verdict = Verdict::write;
  if (leader_ != message.recorder) {
    // The outages are known ahead: the switch comes where the leader's hole begins, not where it
    // noticed.
    const bool based = own.known || change.is_snapshot;
    const bool lost =
        leader_ < 0 || (based && (!recorders_[static_cast<std::size_t>(leader_)].known ||
                                  !outages.up(leader_, market, message.local_timestamp)));
    if (lost) {
      leader_ = message.recorder;
      if (own.known && !change.is_snapshot) verdict = Verdict::write_after_snapshot;
    } else {
      verdict = Verdict::drop;
    }
  }
  if (verdict == Verdict::write_after_snapshot) {
    constexpr auto kAll = std::numeric_limits<std::size_t>::max();
    const auto bids = own.book.best_bids(kAll);
    const auto asks = own.book.best_asks(kAll);
    Event rebuilt = event;
    rebuilt.body = BookChange{true, bids, asks, {}, {}, true};
    codec::append_event(snapshot, rebuilt);
  }
  own.known = own.known || change.is_snapshot;
  own.book.apply(change);
  return verdict;
}

void BookFollow::on_break(Recorders recorders) {
  for (std::size_t r = 0; r < recorders_.size(); ++r) {
    if ((recorders >> r & 1) != 0) recorders_[r].known = false;
  }
  if (leader_ >= 0 && (recorders >> leader_ & 1) != 0) leader_ = -1;
}

}  // namespace md::dedupe
