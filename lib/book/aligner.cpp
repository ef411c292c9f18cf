#include "book/aligner.hpp"

#include <algorithm>
#include <utility>

namespace md::book {

using venue::BookRule;
using venue::BookUpdate;
using venue::Request;

Aligner::Aligner(const BookRule& rule, std::string_view symbol, Room& room)
    : rule_(rule), room_(room), symbol_(symbol), asks_(rule.snapshot == BookRule::Snapshot::rest) {
  if (rule.checksum != nullptr) book_.emplace(rule.depth);
}

void Aligner::on_update(const BookUpdate& update, Micros now, Out& out) {
  if (update.is_snapshot) {
    if (rule_.snapshot != BookRule::Snapshot::rest) {
      asks_ = false;
      forget_held();
    }
    on_snapshot(update, now, out);
  } else {
    on_change(update, now, out);
  }
}

void Aligner::on_reply(const BookUpdate& update, Micros now, Out& out) {
  if (live_ && !(asks_ && asked_)) return on_probe(update, now, out);
  asks_ = true;
  on_snapshot(update, now, out);
}

// Without numbers nothing is proven.
void Aligner::on_probe(const BookUpdate& update, Micros now, Out& out) {
  if (!update.seq || !last_) return;
  if (!probe_ || *last_ >= *probe_) {
    probe_.reset();
    if (*update.seq <= *last_) return;
    probe_ = update.seq;
    probed_at_ = now;
  } else if (now - probed_at_ >= kProbeGap) {
    probe_.reset();
    lose(GapReason::stale, update, out);
  }
}

void Aligner::on_snapshot(const BookUpdate& update, Micros now, Out& out) {
  if (asks_) {
    const bool refreshing = live_ && asked_;
    asked_ = false;
    if (refreshing) {
      // From a cache: what changed between it and the first held change would be lost.
      if (update.timestamp != 0 && update.timestamp < refresh_from_) return ask_for_snapshot(out);
      snapshot_at_ = now;
      return on_refreshed(update, out);
    }
    if (live_) return;  // nobody asked, and the chain is whole
    if (held_.size() != held_begin_) {
      const Held& first = held_[held_begin_];
      const bool too_old = update.seq ? first.prev_seq && *first.prev_seq > *update.seq
                                      : update.timestamp != 0 && update.timestamp < first.timestamp;
      if (too_old) return ask_for_snapshot(out);
    }
  }
  settle_dropped(&update, out);
  live_ = was_live_ = true;
  chained_ = false;
  snapshot_at_ = now;
  accept(update, out);
  if (!live_) return;  // its checksum was wrong
  // The held changes in order; if one does not continue, the rest waits for the next snapshot.
  const std::size_t begin = held_begin_;
  std::size_t level = held_levels_begin_;
  room_.left += cost(held_.size() - begin, held_levels_.size() - level);
  const std::vector<Held> waiting = std::exchange(held_, {});
  const std::vector<Level> levels = std::exchange(held_levels_, {});
  held_begin_ = held_levels_begin_ = 0;
  for (std::size_t i = begin; i < waiting.size(); ++i) {
    const Held& h = waiting[i];
    const std::span<const Level> both{levels.data() + level, h.bids + h.asks};
    level += both.size();
    on_change({symbol_, h.timestamp, false, both.first(h.bids), both.subspan(h.bids), h.prev_seq,
               h.seq, h.checksum},
              now, out);
  }
}

// A newer whole book of a live one, where loss cannot show: the changes since it was made are
// folded in, so that the stream never steps back.
void Aligner::on_refreshed(const BookUpdate& update, Out& out) {
  Book book{rule_.depth};
  book.apply(true, update.bids, update.asks);
  std::size_t level = held_levels_begin_;
  for (std::size_t i = held_begin_; i < held_.size(); ++i) {
    const BookUpdate change = held(i, level);
    level += held_[i].bids + held_[i].asks;
    if (change.timestamp > update.timestamp) book.apply(false, change.bids, change.asks);
  }
  forget_held();
  if (update.timestamp < last_timestamp_ && book.empty()) return;
  const std::vector<Level> bids = book.best_bids(0), asks = book.best_asks(0);
  const Micros timestamp = update.timestamp > last_timestamp_ ? update.timestamp : last_timestamp_;
  out.book_change(symbol_, timestamp, BookChange{true, bids, asks, {}, {}, true});
}

void Aligner::on_change(const BookUpdate& update, Micros now, Out& out) {
  if (!live_) {
    if (asks_ || rule_.snapshot_request != nullptr) {
      hold(update);
      if (asks_ && !asked_) ask_for_snapshot(out);
    } else {
      ++unanswered_;
    }
    return;
  }
  if (asks_ && is_stale(update)) return;
  if (!continues(update)) {
    lose(GapReason::sequence, update, out);
    if (asks_) hold(update);
    return;
  }
  if (asks_ && rule_.refresh_ms != 0) {
    if (!asked_ && now - snapshot_at_ > rule_.refresh_ms * 1000) {
      refresh_from_ = last_timestamp_;
      ask_for_snapshot(out);
    }
    if (asked_ && !hold(update)) {  // no answer for too long: try again in a while
      forget_held();
      asked_ = false;
      snapshot_at_ = now;
    }
  }
  accept(update, out);
}

// Contained in what was given already.
bool Aligner::is_stale(const BookUpdate& update) const {
  if (update.seq && last_) return *update.seq <= *last_;
  return !chained_ && update.timestamp != 0 && update.timestamp <= last_timestamp_;
}

bool Aligner::continues(const BookUpdate& update) const {
  if (!update.prev_seq || !last_)
    return true;  // the venue has no numbers: nothing speaks against it
  if (*update.prev_seq == *last_) return true;
  // The first change behind a REST snapshot may reach back over it.
  return asks_ && !chained_ && *update.prev_seq < *last_;
}

void Aligner::accept(const BookUpdate& update, Out& out) {
  if (book_) {
    book_->apply(update.is_snapshot, update.bids, update.asks);
    if (update.checksum) {
      const auto depth = static_cast<std::size_t>(rule_.checksum_depth);
      const std::vector<Level> bids = book_->best_bids(depth), asks = book_->best_asks(depth);
      if (rule_.checksum({bids, asks}) != *update.checksum)
        return lose(GapReason::checksum, update, out);
    }
  }
  // Sent for its checksum's sake: it changes nothing and has no place in the chain.
  if (!update.is_snapshot && update.bids.empty() && update.asks.empty() && !update.seq) return;
  BookChange change{update.is_snapshot, update.bids, update.asks, {}, update.seq, false};
  if (!update.is_snapshot) {
    // Behind a snapshot the chain goes on from the snapshot.
    if (update.prev_seq) change.prev_seq = last_ ? last_ : update.prev_seq;
    chained_ = true;
  }
  last_ = update.seq;
  if (update.timestamp != 0) last_timestamp_ = update.timestamp;
  out.book_change(symbol_, update.timestamp, change);
}

void Aligner::lose(GapReason reason, const BookUpdate& update, Out& out) {
  live_ = false;
  asked_ = false;
  forget_held();
  out.gap(symbol_, Gap{Type::book_change, last_, update.seq, reason, {}});
  ask_for_snapshot(out);
}

void Aligner::ask_for_snapshot(Out& out) {
  asked_ = true;
  if (asks_ && rule_.snapshot_request != nullptr) {
    const auto urgency = live_       ? venue::Urgency::routine
                         : was_live_ ? venue::Urgency::lost_book
                                     : venue::Urgency::first_book;
    out.request({Request::Kind::fetch, rule_.snapshot_request(symbol_), urgency,
                 std::max(rule_.snapshot_weight, 1)});
  } else if (rule_.resubscribe != nullptr) {
    out.book_lost(symbol_);
    for (std::string& frame : rule_.resubscribe(symbol_))
      out.request({Request::Kind::send, std::move(frame)});
  }
}

// False where there was no room: while waiting, the oldest went; a live book loses nothing by it.
bool Aligner::hold(const BookUpdate& update) {
  held_.push_back({update.timestamp, update.prev_seq, update.seq, update.checksum,
                   update.bids.size(), update.asks.size()});
  held_levels_.insert(held_levels_.end(), update.bids.begin(), update.bids.end());
  held_levels_.insert(held_levels_.end(), update.asks.begin(), update.asks.end());
  room_.left -= cost(1, update.bids.size() + update.asks.size());
  if (!holds_too_much()) return true;
  if (!live_) {
    while (holds_too_much() && held_.size() - held_begin_ > 1) drop_oldest();
  }
  return false;
}

bool Aligner::holds_too_much() const {
  return held_.size() - held_begin_ > kMaxHeld ||
         held_levels_.size() - held_levels_begin_ > kMaxHeldLevels || room_.left < 0;
}

std::ptrdiff_t Aligner::cost(std::size_t messages, std::size_t levels) {
  return static_cast<std::ptrdiff_t>(messages * sizeof(Held) + levels * sizeof(Level));
}

void Aligner::drop_oldest() {
  const Held& oldest = held_[held_begin_];
  if (!dropped_) dropped_ = {oldest.prev_seq, {}, 0};
  dropped_->seq = oldest.seq;
  dropped_->timestamp = oldest.timestamp;
  room_.left += cost(1, oldest.bids + oldest.asks);
  held_levels_begin_ += oldest.bids + oldest.asks;
  ++held_begin_;
  ++unanswered_;
  // The dropped ones' memory is given back when they are half of it.
  if (held_begin_ < held_.size() / 2) return;
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(held_begin_));
  held_levels_.erase(held_levels_.begin(),
                     held_levels_.begin() + static_cast<std::ptrdiff_t>(held_levels_begin_));
  held_begin_ = held_levels_begin_ = 0;
}

// The wait is over, by a snapshot or without one. What was dropped is lost unless the snapshot
// contains it, as it does all that came before it.
void Aligner::settle_dropped(const BookUpdate* snapshot, Out& out) {
  if (!dropped_) return;
  const Dropped& d = *dropped_;
  const bool contained =
      snapshot != nullptr &&
      (snapshot->seq && d.seq ? *d.seq <= *snapshot->seq
                              : d.timestamp != 0 && d.timestamp <= snapshot->timestamp);
  if (!contained)
    out.gap(symbol_, Gap{Type::book_change, d.prev_seq, d.seq, GapReason::overflow, {}});
  dropped_.reset();
}

BookUpdate Aligner::held(std::size_t index, std::size_t first_level) const {
  const Held& h = held_[index];
  const std::span<const Level> both{held_levels_.data() + first_level, h.bids + h.asks};
  return {symbol_,    h.timestamp, false,     both.first(h.bids), both.subspan(h.bids),
          h.prev_seq, h.seq,       h.checksum};
}

void Aligner::forget_held() {
  room_.left += cost(held_.size() - held_begin_, held_levels_.size() - held_levels_begin_);
  held_.clear();
  held_levels_.clear();
  held_begin_ = held_levels_begin_ = 0;
}

void Aligner::give_up(GapReason reason, Out& out) {
  settle_dropped(nullptr, out);
  if (!live_ && held_.size() != held_begin_) {
    unanswered_ += held_.size() - held_begin_;
    const Seq& before = was_live_ && last_ ? last_ : held_[held_begin_].prev_seq;
    Seq after;  // they may have come out of order, and of before the hole
    for (std::size_t i = held_begin_; i < held_.size(); ++i) after = std::max(after, held_[i].seq);
    if (!before || !after || after > before)
      out.gap(symbol_, Gap{Type::book_change, before, after, reason, {}});
  }
  forget_held();
  live_ = asked_ = false;
}

}  // namespace md::book
