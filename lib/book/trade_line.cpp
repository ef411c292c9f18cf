#include "book/trade_line.hpp"

#include <algorithm>
#include <limits>

#include "base/hash.hpp"
#include "venue/support.hpp"

namespace md::book {
namespace {

using venue::TradeHistory;
using venue::TradeIds;

constexpr SeenTrades::Carriers kBefore = 1u << 31;  // connections that ended, and earlier answers
constexpr SeenTrades::Carriers kAnswer = 1u << 30;
constexpr std::size_t kMostCarriers = 30;

}  // namespace

// ---- what trades are ----

Seq TradeLine::number_of(std::string_view id) const {
  return venue_.trade_ids >= TradeIds::increasing ? venue::whole_number(id) : Seq{};
}

bool TradeLine::counted(const Seq& number) const {
  // Nobody counts below 0; so differences are numbers, too.
  return number && *number >= 0 && venue_.trade_ids == TradeIds::contiguous;
}

bool TradeLine::precedes(const Seq& number, Micros time, const Point& point) {
  return number && point.number ? *number < *point.number : time < point.time;
}

bool TradeLine::follows(const Seq& number, Micros time, const Point& point) {
  return number && point.number ? *number > *point.number : time > point.time;
}

bool TradeLine::inside(const Hole& hole, const Answered& trade, const Seq& number, Micros now) {
  const auto is = [&](const Point& point) { return !trade.id.empty() && trade.id == point.id; };
  if (precedes(number, trade.timestamp, hole.after) || is(hole.after)) return false;
  if (hole.before.time == 0) return now - trade.timestamp > kInFlight;
  return !follows(number, trade.timestamp, hole.before) && !is(hole.before);
}

std::uint64_t TradeLine::key_of(std::string_view id, Micros time, const Trade& trade) const {
  if (!id.empty() && venue_.trade_history.has_ids)
    return hash64(id, static_cast<std::uint64_t>(trade.seq.value_or(0)));
  char text[2 * Decimal::kMaxText + 1];
  char* end = trade.price.write(text);
  *end++ = ' ';
  end = trade.amount.write(end);
  return hash64({text, static_cast<std::size_t>(end - text)},
                static_cast<std::uint64_t>(time) * 4 + static_cast<std::uint64_t>(trade.side));
}

// ---- live ----

SeenTrades::Carriers TradeLine::carrier(std::uint32_t connection) {
  std::size_t free = carriers_.size();
  for (std::size_t i = carriers_.size(); i-- != 0;) {
    if (carriers_[i] == connection) return SeenTrades::Carriers{1} << i;
    if (!carriers_[i]) free = i;
  }
  if (free == kMostCarriers) seen_.pass_on(1, kBefore), free = 0;
  if (free == carriers_.size()) carriers_.emplace_back();
  carriers_[free] = connection;
  return SeenTrades::Carriers{1} << free;
}

bool TradeLine::on_trade(const Event& event, const Trade& trade, std::uint32_t connection,
                         Micros now, Out& out) {
  const Micros time = event.timestamp == 0 ? now : event.timestamp;
  const Seq number = number_of(trade.id);
  if (counted(number)) return on_counted(*number, event, connection, now, out);
  const SeenTrades::Carriers who = carrier(connection);
  const std::uint64_t key = key_of(trade.id, event.timestamp, trade);
  if (seen_.match(key, who)) return false;
  seen_.add(key, who);
  if (lost_) {
    lost_ = false;
    open(*last_, {std::string(trade.id), number, time}, GapReason::disconnect, now, out);
  }
  if (!last_ || !precedes(number, time, *last_)) move_to(trade.id, number, time);
  return true;
}

void TradeLine::move_to(std::string_view id, const Seq& number, Micros time) {
  if (!last_) last_ = Point{};
  last_->id.assign(id);
  last_->number = number;
  last_->time = time;
}

bool TradeLine::on_counted(std::int64_t id, const Event& event, std::uint32_t connection,
                           Micros now, Out& out) {
  const Trade& trade = *event.as<Trade>();
  const Micros time = event.timestamp == 0 ? now : event.timestamp;
  if (!last_ || !last_->number || id - *last_->number > kFar || ids_.lowest() - id > kFar) {
    begin_count(id, now, out);
    move_to(trade.id, id, time);
    last_connection_ = connection;
    return true;
  }
  const std::int64_t lowest = ids_.lowest();
  std::optional<IdHole> forgotten;
  const MissingIds::Verdict verdict = ids_.add(id, now, forgotten);
  if (forgotten) {
    out.gap(symbol_, time,
            {Type::trade, forgotten->first - 1, forgotten->last + 1, GapReason::sequence, {}});
  }
  switch (verdict) {
    case MissingIds::Verdict::repeated:
      return false;
    case MissingIds::Verdict::filled:
      if (id < lowest - 1) {
        open({std::string(trade.id), id, time}, {std::to_string(lowest), lowest, time},
             GapReason::sequence, now, out);
      }
      close_filled();
      ask_first(now, out);
      return true;
    case MissingIds::Verdict::next:
      break;
  }
  if (id - *last_->number > 1) {
    const bool same = last_connection_ == connection;
    open(*last_, {std::string(trade.id), id, time},
         same ? GapReason::sequence : GapReason::disconnect, now, out);
  }
  move_to(trade.id, id, time);
  last_connection_ = connection;
  return true;
}

void TradeLine::begin_count(std::int64_t id, Micros now, Out& out) {
  finish(out);
  ids_ = {};
  std::optional<IdHole> none;
  (void)ids_.add(id, now, none);
}

// ---- connections ----

bool TradeLine::carried_by(std::uint32_t connection) const {
  return std::find(carriers_.begin(), carriers_.end(), connection) != carriers_.end();
}

void TradeLine::on_connect(std::uint32_t connection, std::uint32_t beside, Micros now) {
  if (beside != 0 && carried_by(beside)) {
    (void)carrier(connection);
  } else if (lost_ && wait_until_ == 0) {
    wait_until_ = now + kFirstTrade;
  }
}

void TradeLine::on_disconnect(std::uint32_t connection) {
  const auto found = std::find(carriers_.begin(), carriers_.end(), connection);
  if (found == carriers_.end()) return;
  seen_.pass_on(SeenTrades::Carriers{1} << (found - carriers_.begin()), kBefore);
  found->reset();
  const bool carried =
      std::any_of(carriers_.begin(), carriers_.end(), [](const auto& c) { return c.has_value(); });
  if (carried || !last_ || counted(last_->number) || venue_.trade_history.request == nullptr)
    return;
  lost_ = true;
  wait_until_ = 0;
}

// ---- holes ----

void TradeLine::open(const Point& after, const Point& before, GapReason reason, Micros now,
                     Out& out) {
  wait_until_ = 0;
  Hole hole{after, before, after, before, reason, now, now, 0};
  if (venue_.trade_history.request == nullptr) return tell(hole, out);
  holes_.push_back(std::move(hole));
  if (holes_.size() > kMostHoles) {
    tell(holes_.front(), out);
    holes_.pop_front();
    question_.clear();
    ask_again_ = 0;
  }
  ask_first(now, out);
}

void TradeLine::ask_first(Micros now, Out& out) {
  if (!question_.empty() || holes_.empty() || now < ask_again_) return;
  ask_again_ = 0;
  Hole& hole = holes_.front();
  hole.since = now;
  ++hole.pages;
  question_ = venue_.trade_history.request(
      {symbol_, hole.from.id, hole.from.time, hole.to.id, hole.to.time});
  out.ask(question_);
}

bool TradeLine::filled(const Hole& hole) const {
  if (!counted(hole.after.number)) return false;
  const auto missing = ids_.holes().upper_bound(*hole.after.number);
  return missing == ids_.holes().end() || missing->first >= *hole.before.number;
}

void TradeLine::close_filled() {
  if (holes_.empty()) return;
  if (filled(holes_.front())) question_.clear(), ask_again_ = 0;
  std::erase_if(holes_, [this](const Hole& hole) { return filled(hole); });
}

void TradeLine::tell(const Hole& hole, Out& out) {
  if (!counted(hole.after.number)) {
    return out.gap(symbol_, hole.before.time,
                   {Type::trade, hole.from.number, hole.to.number, hole.reason, {}});
  }
  auto missing = ids_.holes().upper_bound(*hole.after.number);
  for (; missing != ids_.holes().end() && missing->first < *hole.before.number; ++missing) {
    const IdHole& ids = missing->second;
    out.gap(symbol_, hole.before.time, {Type::trade, ids.first - 1, ids.last + 1, hole.reason, {}});
  }
}

// ---- answers ----

void TradeLine::on_answer(std::vector<Answered>& trades, bool asked, bool understood, Micros now,
                          Out& out) {
  const auto earlier = [this](const Answered& a, const Answered& b) {
    const Seq x = number_of(a.id), y = number_of(b.id);
    return x && y ? *x < *y : a.timestamp < b.timestamp;
  };
  // Those of one moment stay in the order in which the venue has them.
  if (!trades.empty() && earlier(trades.back(), trades.front()))
    std::reverse(trades.begin(), trades.end());
  std::stable_sort(trades.begin(), trades.end(), earlier);
  seen_.pass_on(kAnswer, kBefore);
  const std::string answered = asked ? question_ : std::string{};
  for (const Answered& trade : trades) {
    const Seq number = number_of(trade.id);
    if (counted(number) ? take_counted(trade, *number, now, out) : take_other(trade, number, now))
      give(trade, out);
  }
  if (!answered.empty() && answered == question_) {
    question_.clear();
    Hole& hole = holes_.front();
    Outcome outcome = narrow(hole, trades, understood, now);
    if (outcome == Outcome::more && hole.pages >= kMostPages) outcome = Outcome::ended;
    if (outcome == Outcome::later) {
      ask_again_ = hole.opened + kInFlight;
    } else if (outcome != Outcome::more) {
      // Counted ones that an answer left out are missing at the venue, too.
      if (outcome == Outcome::ended || counted(hole.after.number)) tell(hole, out);
      holes_.pop_front();
    }
    for (Hole& waiting : holes_) waiting.since = now;
  }
  close_filled();
  ask_first(now, out);
}

bool TradeLine::take_counted(const Answered& trade, std::int64_t id, Micros now, Out& out) {
  if (!last_ || !last_->number || id < ids_.lowest() || id - *last_->number > kFar) return false;
  const bool newer = id > *last_->number;
  if (newer && now - trade.timestamp <= kInFlight) return false;
  std::optional<IdHole> forgotten;
  if (ids_.add(id, now, forgotten) == MissingIds::Verdict::repeated) return false;
  if (newer) {
    if (id - *last_->number > 1)
      open(*last_, {trade.id, id, trade.timestamp}, GapReason::sequence, now, out);
    move_to(trade.id, id, trade.timestamp);
  }
  return true;
}

bool TradeLine::take_other(const Answered& trade, const Seq& number, Micros now) {
  if (!last_) return false;
  const bool newer = follows(number, trade.timestamp, *last_);
  const bool wanted = newer ? now - trade.timestamp > kInFlight
                            : std::any_of(holes_.begin(), holes_.end(), [&](const Hole& hole) {
                                return inside(hole, trade, number, now);
                              });
  const std::uint64_t key = key_of(trade.id, trade.timestamp, trade.trade);
  const bool known = trade.id.empty() ? seen_.match(key, kAnswer) : seen_.contains(key);
  if (!wanted || known) return false;
  seen_.add(key, kAnswer);
  if (newer) move_to(trade.id, number, trade.timestamp);
  return true;
}

void TradeLine::give(const Answered& answered, Out& out) {
  Trade trade = answered.trade;
  trade.id = answered.id;
  trade.backfilled = true;
  out.backfill({{}, symbol_, answered.timestamp, 0, trade});
}

// What of the hole is left to be asked for behind an answer to it.
TradeLine::Outcome TradeLine::narrow(Hole& hole, std::span<const Answered> trades, bool understood,
                                     Micros now) const {
  const bool up_to_now = hole.to.time == 0;
  // REST may lag behind the stream: what does not reach the trade that ended the hole is of before.
  const bool early = !up_to_now && now - hole.opened < kInFlight;
  if (venue_.trade_history.paging == TradeHistory::Paging::forward) {
    if (!understood) return Outcome::ended;
    // There is nothing behind its beginning.
    const Outcome nothing = early ? Outcome::later : Outcome::whole;
    if (trades.empty()) return nothing;
    const Answered& last = trades.back();
    const Seq number = number_of(last.id);
    if (!follows(number, last.timestamp, hole.from)) return nothing;
    if (up_to_now ? now - last.timestamp <= kInFlight : !precedes(number, last.timestamp, hole.to))
      return Outcome::whole;
    hole.from = {last.id, number, last.timestamp};
    return Outcome::more;
  }
  if (!understood || trades.empty()) return Outcome::ended;
  const bool backward = venue_.trade_history.paging == TradeHistory::Paging::backward;
  const Answered& last = trades.back();
  if (!backward && !up_to_now && precedes(number_of(last.id), last.timestamp, hole.to))
    return early ? Outcome::later : Outcome::ended;
  const Answered& first = trades.front();
  const Seq number = number_of(first.id);
  if (!follows(number, first.timestamp, hole.from)) return Outcome::whole;
  if (!up_to_now && !precedes(number, first.timestamp, hole.to)) return Outcome::ended;
  hole.to = {first.id, number, first.timestamp};
  return backward ? Outcome::more : Outcome::ended;
}

// ---- time ----

Micros TradeLine::deadline() const {
  Micros at = std::numeric_limits<Micros>::max();
  if (wait_until_ != 0) at = wait_until_;
  if (!holes_.empty()) at = std::min(at, holes_.front().since + kNoAnswer);
  if (ask_again_ != 0) at = std::min(at, ask_again_);
  return at == std::numeric_limits<Micros>::max() ? 0 : at;
}

void TradeLine::on_time(Micros now, Out& out) {
  if (wait_until_ != 0 && wait_until_ <= now) {
    // Nobody knows whether what was opened carries the symbol: the hole up to the first trade may
    // be larger.
    open(*last_, {}, GapReason::disconnect, now, out);
  }
  while (!holes_.empty() && holes_.front().since + kNoAnswer <= now) {
    tell(holes_.front(), out);
    holes_.pop_front();
    question_.clear();
    ask_again_ = 0;
  }
  ask_first(now, out);
}

void TradeLine::finish(Out& out) {
  for (const Hole& hole : holes_) tell(hole, out);
  holes_.clear();
  question_.clear();
  ask_again_ = 0;
}

}  // namespace md::book
