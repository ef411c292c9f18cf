#include "book/feed_state.hpp"

#include "codec/event_json.hpp"

namespace md::book {

using venue::BookUpdate;
using venue::FrameKind;

namespace {

// 2009-01-03: before it there was nothing to trade.
constexpr Micros kFirstTime = 1'230'940'800 * kSecond;

template <typename T>
void take_newer(std::optional<T>& kept, const std::optional<T>& given) {
  if (given) kept = given;
}

}  // namespace

Feed::State::Connection& Feed::State::connection(std::uint32_t number) {
  if (current != nullptr && current_number == number) return *current;
  Connection& found = connections[number];
  if (!found.session) {
    found.session = venue.session();
    found.group = std::make_shared<Group>();
    found.group->join(number, {}, now);
  }
  current = &found;
  current_number = number;
  return found;
}

void Feed::State::on_event(const Event& event) {
  if (!wants(event.type())) return;
  if (const auto* gap = event.as<Gap>(); gap != nullptr && event.symbol.empty())
    return give_to_all(event, *gap);
  if (const auto* trade = event.as<Trade>()) return on_trade(event, *trade);
  if (is_repeated(event)) return;
  if (const auto* ticker = event.as<DerivativeTicker>()) {
    return give({{}, event.symbol, event.timestamp, 0, merged(event.symbol, *ticker)});
  }
  give(event);
}

void Feed::State::on_book(const BookUpdate& update) {
  if (!wants(Type::book_change)) return;
  if (replying) {
    on_book_reply(update);
    return;
  }
  auto& books = current->group->books;
  const std::uint32_t number = current_number;
  const auto found = books.find(update.symbol);
  if (found != books.end()) return found->second->on_update(number, update, now, *this);
  SharedBook& book =
      *books
           .try_emplace(std::string(update.symbol),
                        SharedBook::make(book_rule, venue.book_merge, update.symbol, room, number))
           .first->second;
  auto early = early_snapshots.extract(std::string(update.symbol));
  if (early.empty()) return book.on_update(number, update, now, *this);
  const EarlySnapshot& e = early.mapped();
  const BookUpdate snapshot{update.symbol, e.timestamp, true, e.bids, e.asks, {}, e.seq, {}};
  // Numbers tell whether the two meet. Without them, what came before this first change was
  // nothing - if the connection was there already.
  if (!e.seq && e.received >= current->opened) book.on_reply(snapshot, now, *this);
  book.on_update(number, update, now, *this);
  if (e.seq) book.on_reply(snapshot, now, *this);
}

void Feed::State::on_book_reply(const BookUpdate& update) {
  bool taken = false;
  for (auto& [number, c] : connections) {
    if (c.group->members().front() != number) continue;  // each group once
    const auto found = c.group->books.find(update.symbol);
    if (found == c.group->books.end()) continue;
    taken = true;
    speak_for(number);
    found->second->on_reply(update, now, *this);
  }
  if (taken) return;
  early_snapshots[std::string(update.symbol)] = {now,
                                                 update.timestamp,
                                                 {update.bids.begin(), update.bids.end()},
                                                 {update.asks.begin(), update.asks.end()},
                                                 update.seq};
}

void Feed::State::offer_orders(const venue::Reply& reply) {
  for (auto& [number, c] : connections) {
    current_number = number;
    current = &c;
    c.session->on_orders(reply, *this);
  }
}

bool Feed::State::is_repeated(const Event& event) {
  if (replying || current == nullptr || !current->group->overlaps(now)) return false;
  content.clear();
  codec::append_event(content, event);
  if (!current->group->repeats.has(hash64(content.view()), current_number, now)) return false;
  repeated();
  return true;
}

void Feed::State::give_to_all(Event event, Gap gap) {
  current->broken = true;
  const bool others_have_it = std::ranges::any_of(
      current->group->members(), [this](std::uint32_t m) { return !connections.at(m).broken; });
  if (others_have_it) return leave_books(*current, current_number);
  const std::vector<std::string_view> names{current->symbols.begin(), current->symbols.end()};
  if (gap.symbols.empty()) gap.symbols = names;
  event.body = gap;
  give(event);
}

void Feed::State::speak_for(std::uint32_t number) {
  const auto found = connections.find(number);
  if (found == connections.end()) return;  // it has left: another of its group speaks
  current_number = number;
  current = &found->second;
}

void Feed::State::give(Event event) {
  event.exchange = venue.id;
  event.local_timestamp = now;
  if (event.timestamp == 0) {
    event.timestamp = now;
  } else if (event.timestamp < kFirstTime || event.timestamp > now + kDay) {
    ++counts.impossible_times;
    event.timestamp = now;
  }
  ++counts.events[static_cast<std::size_t>(event.type())];
  out.on_event(event);
}

DerivativeTicker Feed::State::merged(std::string_view symbol, const DerivativeTicker& given) {
  auto found = tickers.find(symbol);
  if (found == tickers.end()) found = tickers.try_emplace(std::string(symbol)).first;
  DerivativeTicker& kept = found->second;
  take_newer(kept.last_price, given.last_price);
  take_newer(kept.open_interest, given.open_interest);
  take_newer(kept.funding_rate, given.funding_rate);
  take_newer(kept.funding_timestamp, given.funding_timestamp);
  take_newer(kept.predicted_funding_rate, given.predicted_funding_rate);
  take_newer(kept.index_price, given.index_price);
  take_newer(kept.mark_price, given.mark_price);
  return kept;
}

Result<FrameKind> Feed::State::count(Result<FrameKind> kind) {
  if (kind) {
    ++counts.frames[static_cast<std::size_t>(*kind)];
  } else {
    ++counts.malformed;
  }
  return kind;
}

void Feed::State::end_books(Group& group, GapReason reason) {
  for (auto& [symbol, book] : in_order(group)) {
    book->give_up(reason, *this);
    if (const Seq last = book->last()) ended_books[std::string(symbol)] = *last;
    counts.unanswered += book->unanswered();
  }
  group.books.clear();
}

void Feed::State::forget(std::uint32_t number) {
  const auto found = connections.find(number);
  if (found == connections.end()) return;
  found->second.group->leave(number, found->second.symbols, now);
  connections.erase(found);
  current = nullptr;
}

void Feed::State::tell_missed(std::string_view symbol, const BookChange& snapshot) {
  const auto ended = ended_books.find(symbol);
  if (ended == ended_books.end()) return;
  const std::int64_t last = ended->second;
  ended_books.erase(ended);
  if (snapshot.seq > last)
    gap(symbol, Gap{Type::book_change, last, snapshot.seq, GapReason::disconnect, {}});
}

}  // namespace md::book
