#include "book/chain_book.hpp"

#include <algorithm>
#include <utility>

namespace md::book {

using venue::BookUpdate;

void ChainBook::on_update(std::uint32_t connection, const BookUpdate& update, Micros now,
                          Out& out) {
  Member& from = member(connection);
  const bool joins = !std::exchange(from.spoke, true);
  const bool alone = members_.size() == 1;
  if (alone && !handed_over_) {
    if (update.is_snapshot && update.seq) (void)is_known(from, update, now);
    return give(from, update, now, out);
  }
  if (!aligner_.live()) {
    wait(from, update, now, out);
  } else if (alone) {
    take_handed_over(from, update, now, out);
  } else if (!update.seq || !aligner_.last()) {
    if (feeder_ == connection) give(from, update, now, out);
  } else if (update.is_snapshot) {
    take_snapshot(from, joins, update, now, out);
  } else {
    take(from, update, now, out);
  }
  settle(now, out);
}

ChainBook::Member& ChainBook::member(std::uint32_t connection) {
  for (Member& m : members_)
    if (m.connection == connection) return m;
  return members_.emplace_back(Member{connection});
}

void ChainBook::give(Member& from, const BookUpdate& update, Micros now, Out& out) {
  from.seq = update.seq;
  aligner_.on_update(update, now, out);
}

// There is no chain yet. Two interleaved would look like holes: one is listened to, and what the
// others say behind it is kept in case it leaves.
void ChainBook::wait(Member& from, const BookUpdate& update, Micros now, Out& out) {
  if (update.is_snapshot && update.seq) {
    if (is_known(from, update, now)) return;
    feeder_ = from.connection;
  }
  if (feeder_ != from.connection) {
    from.seq = update.seq;
    return keep(from, update, now);
  }
  give(from, update, now, out);
  std::erase_if(ahead_, [&](const Ahead& a) { return a.seq <= update.seq; });
}

// Whether another has brought this snapshot.
bool ChainBook::is_known(const Member& from, const BookUpdate& snapshot, Micros now) {
  if (whole_) return aligner_.last() >= snapshot.seq;
  if (!snapshots_) snapshots_ = std::make_unique<Repeats>();
  return snapshots_->has(static_cast<std::uint64_t>(*snapshot.seq), from.connection, now);
}

// All connections may bring it. The first message of one that joined tells what the chain tells,
// too.
void ChainBook::take_snapshot(Member& from, bool joins, const BookUpdate& update, Micros now,
                              Out& out) {
  const auto is_its = [&](const Ahead& a) { return a.connection == from.connection; };
  from.seq = update.seq;
  if (is_known(from, update, now) || joins) {
    std::erase_if(ahead_, is_its);  // of before
    return out.repeated();
  }
  if (std::ranges::any_of(ahead_, is_its)) lose(now, out);
  give(from, update, now, out);
}

void ChainBook::take(Member& from, const BookUpdate& update, Micros now, Out& out) {
  const std::int64_t last = *aligner_.last();
  if (update.prev_seq == last) return give(from, update, now, out);
  from.seq = update.seq;
  if (*update.seq <= last) return out.repeated();
  if (update.prev_seq && *update.prev_seq > last) return keep(from, update, now);
  give_rest(from, update, now, out);
}

// Cut otherwise on this connection: amounts are absolute, so what it repeats does no harm.
void ChainBook::give_rest(Member& from, const BookUpdate& update, Micros now, Out& out) {
  BookUpdate rest = update;
  rest.prev_seq = aligner_.last();
  give(from, rest, now, out);
}

void ChainBook::keep(const Member& from, const BookUpdate& update, Micros now) {
  if (!update.seq) return;
  if (ahead_.size() >= Aligner::kMaxHeld) ahead_.erase(ahead_.begin());
  ahead_.push_back({from.connection,
                    now,
                    update.timestamp,
                    update.prev_seq,
                    update.seq,
                    update.checksum,
                    {update.bids.begin(), update.bids.end()},
                    {update.asks.begin(), update.asks.end()}});
}

// The only connection that is left: does it go on where the others ended?
void ChainBook::take_handed_over(Member& from, const BookUpdate& update, Micros now, Out& out) {
  const Seq last = aligner_.last();
  feeder_ = from.connection;
  if (!update.seq || !last) {
    handed_over_ = false;
    return give(from, update, now, out);
  }
  const bool repeats = update.is_snapshot ? is_known(from, update, now)
                                          : update.seq <= last && update.prev_seq != last;
  if (repeats) {
    from.seq = update.seq;
    return out.repeated();
  }
  handed_over_ = false;
  if (update.is_snapshot) {
    out.gap(aligner_.symbol(), Gap{Type::book_change, last, update.seq, GapReason::disconnect, {}});
  } else if (update.prev_seq < last) {
    return give_rest(from, update, now, out);
  }
  give(from, update, now, out);
}

void ChainBook::settle(Micros now, Out& out) {
  while (aligner_.live() && aligner_.last() && !ahead_.empty()) {
    if (follow_up(now, out)) continue;
    if (is_hopeless(now)) lose(now, out);
    return;
  }
}

// Gives, or drops, one message that waited.
bool ChainBook::follow_up(Micros now, Out& out) {
  const Seq last = aligner_.last();
  const auto next = std::ranges::find_if(
      ahead_, [last](const Ahead& a) { return a.prev_seq <= last || a.seq <= last; });
  if (next == ahead_.end()) return false;
  const Ahead ahead = std::move(*next);
  ahead_.erase(next);
  if (ahead.seq <= last) {
    out.repeated();
  } else {
    BookUpdate rest = ahead.update(aligner_.symbol());
    rest.prev_seq = last;
    out.speak_for(ahead.connection);
    aligner_.on_update(rest, now, out);
  }
  return true;
}

// Nobody will fill the hole before what waits: all are past it, or time is over.
bool ChainBook::is_hopeless(Micros now) const {
  if (now - ahead_.front().received > kPatience || ahead_.size() >= Aligner::kMaxHeld) return true;
  const Seq last = aligner_.last();
  return std::ranges::all_of(members_, [last](const Member& m) { return m.seq > last; });
}

// The chain goes on behind the hole, as it does with one connection.
void ChainBook::lose(Micros now, Out& out) {
  feeder_ = std::ranges::min_element(ahead_, {}, &Ahead::prev_seq)->connection;
  out.speak_for(feeder_);
  for (const Ahead& ahead : std::exchange(ahead_, {}))
    if (ahead.connection == feeder_) aligner_.on_update(ahead.update(aligner_.symbol()), now, out);
}

void ChainBook::on_reply(const BookUpdate& update, Micros now, Out& out) {
  if (feeder_ != 0) out.speak_for(feeder_);
  aligner_.on_reply(update, now, out);
}

void ChainBook::leave(std::uint32_t connection, Micros now, Out& out) {
  const auto gone = std::ranges::find(members_, connection, &Member::connection);
  if (gone == members_.end()) return;
  members_.erase(gone);
  handed_over_ = std::ranges::none_of(
      members_, [this](const Member& m) { return m.seq && m.seq == aligner_.last(); });
  if (aligner_.live()) return settle(now, out);
  std::erase_if(ahead_, [&](const Ahead& a) { return a.connection == connection; });
  if (feeder_ != connection || members_.empty()) return;
  feeder_ = members_.front().connection;
  out.speak_for(feeder_);
  for (const Ahead& ahead : std::exchange(ahead_, {}))
    if (ahead.connection == feeder_) aligner_.on_update(ahead.update(aligner_.symbol()), now, out);
}

void ChainBook::give_up(GapReason reason, Out& out) {
  ahead_.clear();
  aligner_.give_up(reason, out);
}

}  // namespace md::book
