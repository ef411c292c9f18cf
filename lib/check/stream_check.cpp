#include "check/stream_check.hpp"

#include <algorithm>

#include "dedupe/identity.hpp"

namespace md::check {
std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::hole:
      return "hole";
    case Kind::silence:
      return "silence";
    case Kind::disconnect:
      return "disconnect";
    case Kind::crossed:
      return "crossed";
  }
  return {};
}

Finding StreamCheck::finding(Kind kind, Micros from, Micros to) const {
  Finding out;
  out.kind = kind;
  out.recorder = recorder_;
  out.exchange = stream_.exchange;
  out.symbol = stream_.symbol;
  out.type = stream_.type;
  out.from = from;
  out.to = to;
  return out;
}

void StreamCheck::hole(std::string_view reason, Micros from, Micros to, Seq prev_seq, Seq seq,
                       std::uint64_t messages) {
  Finding out = finding(Kind::hole, from, to);
  out.reason = reason;
  out.prev_seq = prev_seq;
  out.seq = seq;
  out.messages = messages;
  ++totals_.holes;
  out_.on_finding(out);
}

void StreamCheck::hole(const book::IdHole& h) {
  hole("trade-id", h.from, h.to, h.first - 1, h.last + 1,
       static_cast<std::uint64_t>(h.last - h.first + 1));
}

void StreamCheck::on_message(const dedupe::LineKey& key, bool known, const BookChange* change) {
  broken_ = stale_ = false;
  if (totals_.messages != 0) {
    if (stream_.type == Type::trade && stream_.rule == dedupe::Rule::id) {
      check_trade(key, known);
    } else {
      check_numbers(key, known);
    }
    check_time(key);
  } else {
    totals_.first = totals_.last = key.local_timestamp;
    // The first trade's id is where counting begins.
    if (stream_.type == Type::trade && stream_.rule == dedupe::Rule::id) check_trade(key, known);
  }
  if (change != nullptr && !stale_) check_book(key, *change);
  if (key.seq && !stale_) seq_ = key.seq;
  if (key.backfilled) {
    ++totals_.backfilled;
  } else if (key.timestamp != key.local_timestamp) {
    const Micros latency = key.local_timestamp - key.timestamp;
    totals_.min_latency = totals_.has_latency ? std::min(totals_.min_latency, latency) : latency;
    totals_.max_latency = totals_.has_latency ? std::max(totals_.max_latency, latency) : latency;
    totals_.has_latency = true;
  }
  ++totals_.messages;
  ++hour_of(key.local_timestamp).messages;
  interrupted_ = gap_told_ = false;
}

void StreamCheck::check_time(const dedupe::LineKey& key) {
  const Micros last = totals_.last;
  const Micros now = key.local_timestamp;
  if (now < last) {
    ++totals_.disorder;
    return;
  }
  const Micros pause = now - last;
  const Micros mean = (last - totals_.first) / static_cast<Micros>(totals_.messages);
  const Micros limit = silence_ != 0 ? silence_ : std::max(kLeastSilence, kUsualPauses * mean);
  // A few messages show no habit.
  const bool silent = pause > limit && (silence_ != 0 || totals_.messages >= kUsualPauses);
  if (silent && !broken_ && !interrupted_) {
    ++totals_.silences;
    out_.on_finding(finding(Kind::silence, last, now));
  }
  if (!silent && !broken_ && !interrupted_ && !gap_told_) cover(last, now);
  totals_.last = now;
}

void StreamCheck::check_trade(const dedupe::LineKey& key, bool known) {
  std::int64_t id = 0;
  if (!stream_.numbered || !dedupe::number_from(key.id, id)) {
    if (known) ++totals_.duplicates;
    return;
  }
  const bool first = totals_.messages == 0;
  if (!stream_.contiguous) {
    if (known) {
      ++totals_.duplicates;
    } else if (key.backfilled) {
      return;
    } else if (!first && id < last_id_) {
      ++totals_.disorder;
    }
    last_id_ = id;
    return;
  }
  std::optional<book::IdHole> closed;
  const std::size_t open = ids_.holes().size();
  switch (ids_.add(id, key.local_timestamp, closed)) {
    case book::MissingIds::Verdict::repeated:
      ++totals_.duplicates;
      break;
    case book::MissingIds::Verdict::filled:
      if (!key.backfilled) ++totals_.disorder;
      break;
    case book::MissingIds::Verdict::next:
      broken_ = ids_.holes().size() > open || closed;
  }
  if (closed) hole(*closed);
}

void StreamCheck::check_numbers(const dedupe::LineKey& key, bool known) {
  if (!key.seq) return;
  const bool keep_alive = key.prev_seq && key.prev_seq == key.seq;
  if (known && !keep_alive && !key.rebuilt) {
    ++totals_.duplicates;
    stale_ = true;
    return;
  }
  if (!seq_) return;
  const bool back = *key.seq < *seq_;
  if (stream_.type == Type::book_change && key.is_snapshot) {
    // A new whole book: what led there is missing, unless the venue sends nothing but whole books.
    if (back) ++totals_.disorder;
    if (!has_changes_ || *key.seq <= *seq_) return;
    broken_ = true;
    if (!gap_told_) hole("snapshot", totals_.last, key.local_timestamp, seq_, key.seq);
  } else if (key.prev_seq && *key.prev_seq != *seq_) {
    if (back || keep_alive) {
      totals_.disorder += back ? 1 : 0;
      stale_ = true;
      return;
    }
    broken_ = true;
    if (!gap_told_) hole("sequence", totals_.last, key.local_timestamp, seq_, key.seq);
  } else if (!key.prev_seq && back) {
    ++totals_.disorder;
    stale_ = true;
  }
}

void StreamCheck::check_book(const dedupe::LineKey& key, const BookChange& change) {
  has_changes_ = has_changes_ || !change.is_snapshot;
  known_ = change.is_snapshot || (known_ && !broken_ && !gap_told_);
  book_.apply(change);
  if (!known_ || !book_.crossed()) return end_crossing();
  if (crossed_messages_++ == 0) crossed_from_ = key.local_timestamp;
  crossed_to_ = key.local_timestamp;
}

// Venues cross for a message now and then while they match; longer, the book is wrong.
void StreamCheck::end_crossing() {
  if (crossed_messages_ > 1) {
    Finding out = finding(Kind::crossed, crossed_from_, crossed_to_);
    out.messages = crossed_messages_;
    ++totals_.crossed;
    out_.on_finding(out);
  }
  crossed_messages_ = 0;
}

void StreamCheck::on_gap() {
  // Ids tell of lost trades exactly, also that they came later.
  if (stream_.contiguous) return;
  ++totals_.holes;
  gap_told_ = true;
}

void StreamCheck::finish() {
  end_crossing();
  for (const auto& [first, missing] : ids_.holes()) hole(missing);
}

Hour& StreamCheck::hour_of(Micros time) {
  const std::int64_t hour = time / kHour;
  // Almost always the last; lines out of order belong a little before.
  auto at = hours_.end();
  while (at != hours_.begin() && at[-1].hour > hour) --at;
  if (at == hours_.begin() || at[-1].hour != hour)
    at = std::next(hours_.insert(at, Hour{hour, 0, 0}));
  return at[-1];
}

void StreamCheck::cover(Micros from, Micros to) {
  while (from < to) {
    const Micros end = std::min(to, (from / kHour + 1) * kHour);
    hour_of(from).covered += end - from;
    from = end;
  }
}

double StreamCheck::coverage() const {
  Micros covered = 0;
  for (const Hour& hour : hours_) covered += hour.covered;
  const Micros all = totals_.last - totals_.first;
  return all <= 0 ? 1.0 : static_cast<double>(covered) / static_cast<double>(all);
}

}  // namespace md::check
