#include "book/feed.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/hash.hpp"
#include "book/group.hpp"
#include "book/trades.hpp"
#include "codec/event_json.hpp"

namespace md::book {
namespace {

using venue::BookUpdate;
using venue::FrameKind;

template <typename T>
using BySymbol = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

// 2009-01-03: before it there was nothing to trade.
constexpr Micros kFirstTime = 1'230'940'800 * kSecond;

template <typename T>
void take_newer(std::optional<T>& kept, const std::optional<T>& given) {
  if (given) kept = given;
}

// A REST snapshot that came before its book's first message.
struct EarlySnapshot {
  Micros received;
  Micros timestamp;
  std::vector<Level> bids, asks;
  Seq seq;
};

}  // namespace

struct Feed::State final : venue::Sink, SharedBook::Out, Trades::Out {
  struct Connection {
    std::unique_ptr<venue::Session> session;
    std::shared_ptr<Group> group;
    std::vector<std::string> symbols;  // as far as they are known
    Micros opened = 0;                 // 0 = before the recording
    bool broken = false;               // its own sequence had a hole
  };

  State(const venue::Venue& v, Types t, EventSink& o, Driver* d, Checksums c)
      : venue(v),
        book_rule(v.book),
        types(t),
        out(o),
        driver(d),
        rest(v.session()),
        trades(v, *this) {
    if (c == Checksums::ignore) book_rule.checksum = nullptr;
  }

  Connection& connection(std::uint32_t number) {
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

  // The call in hand is of this time: what was due before comes first.
  void at(Micros time) {
    now = time;
    trades.on_time(time);
  }

  bool wants(Type type) const { return types.empty() || types.has(type); }

  // ---- from sessions ----

  void on_event(const Event& event) override {
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

  void on_trade(const Event& event, const Trade& trade) {
    if (replying) return trades.on_answered(event, trade);
    if (trades.on_trade(event, trade, current_number, now)) return give(event);
    ++counts.repeated;
  }

  void on_book(const BookUpdate& update) override {
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
             .try_emplace(std::string(update.symbol), SharedBook::make(book_rule, venue.book_merge,
                                                                       update.symbol, room, number))
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

  void on_book_reply(const BookUpdate& update) {
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

  void offer_orders(const venue::Reply& reply) {
    for (auto& [number, c] : connections) {
      current_number = number;
      current = &c;
      c.session->on_orders(reply, *this);
    }
  }

  void on_request(const venue::Request& request) override {
    if (driver != nullptr) driver->request(current_number, request);
  }

  // Whether a connection beside this one has said the same.
  bool is_repeated(const Event& event) {
    if (replying || current == nullptr || !current->group->overlaps(now)) return false;
    content.clear();
    codec::append_event(content, event);
    if (!current->group->repeats.has(hash64(content.view()), current_number, now)) return false;
    repeated();
    return true;
  }

  // A connection's own sequence broke: the loss may concern all it carries, unless others carry it
  // too.
  void give_to_all(Event event, Gap gap) {
    current->broken = true;
    const bool others_have_it = std::ranges::any_of(
        current->group->members(), [this](std::uint32_t m) { return !connections.at(m).broken; });
    if (others_have_it) return leave_books(*current, current_number);
    const std::vector<std::string_view> names{current->symbols.begin(), current->symbols.end()};
    if (gap.symbols.empty()) gap.symbols = names;
    event.body = gap;
    give(event);
  }

  // ---- from aligners; a gap from trade lines, too ----

  void book_change(std::string_view symbol, Micros timestamp, const BookChange& change) override {
    if (change.is_snapshot && !ended_books.empty()) tell_missed(symbol, change);
    give(Event{{}, symbol, timestamp, 0, change});
  }
  void gap(std::string_view symbol, const Gap& gap) override { give(Event{{}, symbol, 0, 0, gap}); }
  void trade_gap(std::string_view symbol, Micros time, const Gap& gap) override {
    give(Event{{}, symbol, time, 0, gap});
  }
  void request(venue::Request request) override { on_request(request); }
  void book_lost(std::string_view symbol) override {
    current->session->on_book_lost(symbol, *this);
  }

  void speak_for(std::uint32_t number) override {
    const auto found = connections.find(number);
    if (found == connections.end()) return;  // it has left: another of its group speaks
    current_number = number;
    current = &found->second;
  }
  void repeated() override { ++counts.repeated; }

  // ---- from trade lines ----

  void backfill(const Event& trade) override { give(trade); }
  // It is nobody's: what was missed on one connection outlives it.
  void fetch(const venue::Request& request) override {
    if (driver != nullptr) driver->request(0, request);
  }

  // ---- out ----

  // By value: what a session left open is filled in.
  void give(Event event) {
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

  DerivativeTicker merged(std::string_view symbol, const DerivativeTicker& given) {
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

  Result<FrameKind> count(Result<FrameKind> kind) {
    if (kind) {
      ++counts.frames[static_cast<std::size_t>(*kind)];
    } else {
      ++counts.malformed;
    }
    return kind;
  }

  // In the order of their names, so that the same input gives the same output.
  static std::map<std::string_view, SharedBook*> in_order(Group& group) {
    std::map<std::string_view, SharedBook*> books;
    for (auto& [symbol, book] : group.books) books.emplace(symbol, book.get());
    return books;
  }

  void end_books(Group& group, GapReason reason) {
    for (auto& [symbol, book] : in_order(group)) {
      book->give_up(reason, *this);
      if (const Seq last = book->last()) ended_books[std::string(symbol)] = *last;
      counts.unanswered += book->unanswered();
    }
    group.books.clear();
  }

  // Its group goes with the last one.
  void forget(std::uint32_t number) {
    const auto found = connections.find(number);
    if (found == connections.end()) return;
    found->second.group->leave(number, found->second.symbols, now);
    connections.erase(found);
    current = nullptr;
  }

  // A book begins again where numbers tell how much of it was missed meanwhile.
  void tell_missed(std::string_view symbol, const BookChange& snapshot) {
    const auto ended = ended_books.find(symbol);
    if (ended == ended_books.end()) return;
    const std::int64_t last = ended->second;
    ended_books.erase(ended);
    if (snapshot.seq > last)
      gap(symbol, Gap{Type::book_change, last, snapshot.seq, GapReason::disconnect, {}});
  }

  // What it says of books counts no more, and others go on.
  void leave_books(Connection& c, std::uint32_t number) {
    for (auto& [symbol, book] : in_order(*c.group)) book->leave(number, now, *this);
    speak_for(number);
  }

  const venue::Venue& venue;
  venue::BookRule book_rule;
  const Types types;
  EventSink& out;
  Driver* const driver;
  Aligner::Room room;
  std::map<std::uint32_t, Connection> connections;
  std::unique_ptr<venue::Session> rest;  // reads REST answers
  BySymbol<DerivativeTicker> tickers;
  BySymbol<EarlySnapshot> early_snapshots;
  BySymbol<std::int64_t> ended_books;  // their last numbers
  Trades trades;
  Counts counts;
  Buffer content;  // of an event, to be compared

  // The call in hand.
  Connection* current = nullptr;
  std::uint32_t current_number = 0;
  Micros now = 0;
  bool replying = false;
};

Feed::Feed(const venue::Venue& venue, Types types, EventSink& out, Driver* driver,
           Checksums checksums)
    : state_(std::make_unique<State>(venue, types, out, driver, checksums)) {}
Feed::Feed(Feed&&) noexcept = default;
Feed::~Feed() = default;

void Feed::on_connect(std::uint32_t connection, std::span<const std::string_view> symbols,
                      Micros local_timestamp, std::uint32_t beside, std::string_view reason) {
  State& s = *state_;
  s.at(local_timestamp);
  s.trades.on_connect(connection, symbols, beside, local_timestamp);
  s.forget(connection);
  State::Connection opened;
  opened.session = s.venue.session();
  const auto other = s.connections.find(beside);
  opened.group = other == s.connections.end() ? std::make_shared<Group>() : other->second.group;
  opened.opened = local_timestamp;
  opened.symbols.assign(symbols.begin(), symbols.end());
  const bool is_first = opened.group->empty();
  const auto fresh = opened.group->join(connection, symbols, local_timestamp);
  s.connections.emplace(connection, std::move(opened));
  s.current = nullptr;
  if (is_first || !fresh.empty()) s.give(Event{{}, {}, 0, 0, Connect{fresh, reason}});
}

void Feed::on_disconnect(std::uint32_t connection, std::span<const std::string_view> symbols,
                         std::string_view reason, Micros local_timestamp) {
  State& s = *state_;
  s.at(local_timestamp);
  s.trades.on_disconnect(connection);
  const auto found = s.connections.find(connection);
  if (found == s.connections.end() || found->second.group->members().size() == 1) {
    if (found != s.connections.end()) {
      s.speak_for(connection);
      s.end_books(*found->second.group, GapReason::disconnect);
      s.forget(connection);
    }
    s.tickers.clear();
    return s.give(Event{{}, {}, 0, 0, Disconnect{symbols, reason}});
  }
  s.leave_books(found->second, connection);
  const std::vector<std::string> carried = std::exchange(found->second.symbols, {});
  const auto gone = found->second.group->leave(connection, carried, local_timestamp);
  s.forget(connection);
  if (!gone.empty()) s.give(Event{{}, {}, 0, 0, Disconnect{gone, reason}});
}

Result<FrameKind> Feed::on_frame(std::uint32_t connection, const venue::Frame& frame) {
  State& s = *state_;
  s.at(frame.local_timestamp);
  return s.count(s.connection(connection).session->on_frame(frame, s));
}

Result<FrameKind> Feed::on_reply(const venue::Reply& reply) {
  State& s = *state_;
  s.at(reply.local_timestamp);
  s.replying = true;
  auto kind = s.rest->on_reply(reply, s);
  s.replying = false;
  s.trades.on_reply(reply, kind && *kind != FrameKind::error && *kind != FrameKind::unknown);
  if (kind) s.offer_orders(reply);
  return s.count(std::move(kind));
}

Result<FrameKind> Feed::on_raw(const RawLine& line) {
  switch (line.kind) {
    case RawKind::connect:
      on_connect(line.connection, line.symbols, line.local_timestamp, line.beside, line.reason);
      return FrameKind::status;
    case RawKind::disconnect:
      on_disconnect(line.connection, line.symbols, line.reason, line.local_timestamp);
      return FrameKind::status;
    case RawKind::sent:
      return FrameKind::status;
    case RawKind::reply:
      return on_reply(
          {line.request, line.status == 0 ? 200 : line.status, line.data, line.local_timestamp});
    case RawKind::frame:
      break;
  }
  return on_frame(line.connection, {line.data, line.local_timestamp});
}

void Feed::finish(Micros local_timestamp) {
  State& s = *state_;
  s.now = local_timestamp;
  for (auto& [number, connection] : s.connections) {
    s.current_number = number;
    s.end_books(*connection.group, GapReason::stale);
  }
  s.trades.finish();
  s.connections.clear();
  s.current = nullptr;
}

const Feed::Counts& Feed::counts() const { return state_->counts; }

Feed::Books Feed::books() const {
  Books books;
  for (const auto& [number, connection] : state_->connections) {
    if (connection.group->members().front() != number) continue;  // each group once
    books.known += connection.group->books.size();
    for (const auto& [symbol, book] : connection.group->books) books.live += book->live() ? 1 : 0;
  }
  return books;
}

}  // namespace md::book
