#include "book/feed.hpp"

#include <map>
#include <unordered_map>

#include "base/hash.hpp"
#include "book/aligner.hpp"

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

struct Feed::State final : venue::Sink, Aligner::Out {
  struct Connection {
    std::unique_ptr<venue::Session> session;
    BySymbol<Aligner> books;
    std::vector<std::string> symbols;  // as far as they are known
    Micros opened = 0;                 // 0 = before the recording
  };

  State(const venue::Venue& v, Types t, EventSink& o, Driver* d, Checksums c)
      : venue(v), book_rule(v.book), types(t), out(o), driver(d), rest(v.session()) {
    if (c == Checksums::ignore) book_rule.checksum = nullptr;
  }

  Connection& connection(std::uint32_t number) {
    if (current != nullptr && current_number == number) return *current;
    Connection& found = connections[number];
    if (!found.session) found.session = venue.session();
    current = &found;
    current_number = number;
    return found;
  }

  bool wants(Type type) const { return types.empty() || types.has(type); }

  // ---- from sessions ----

  void on_event(const Event& event) override {
    if (!wants(event.type())) return;
    if (const auto* gap = event.as<Gap>(); gap != nullptr && event.symbol.empty())
      return give_to_all(event, *gap);
    if (const auto* ticker = event.as<DerivativeTicker>()) {
      return give({{}, event.symbol, event.timestamp, 0, merged(event.symbol, *ticker)});
    }
    give(event);
  }

  void on_book(const BookUpdate& update) override {
    if (!wants(Type::book_change)) return;
    if (replying) {
      on_book_reply(update);
      return;
    }
    const auto found = current->books.find(update.symbol);
    if (found != current->books.end()) return found->second.on_update(update, now, *this);
    Aligner& book =
        current->books.try_emplace(std::string(update.symbol), book_rule, update.symbol, room)
            .first->second;
    auto early = early_snapshots.extract(std::string(update.symbol));
    if (early.empty()) return book.on_update(update, now, *this);
    const EarlySnapshot& e = early.mapped();
    const BookUpdate snapshot{update.symbol, e.timestamp, true, e.bids, e.asks, {}, e.seq, {}};
    // Numbers tell whether the two meet. Without them, what came before this first change was
    // nothing - if the connection was there already.
    if (!e.seq && e.received >= current->opened) book.on_reply(snapshot, now, *this);
    book.on_update(update, now, *this);
    if (e.seq) book.on_reply(snapshot, now, *this);
  }

  void on_book_reply(const BookUpdate& update) {
    bool taken = false;
    for (auto& [number, c] : connections) {
      const auto found = c.books.find(update.symbol);
      if (found == c.books.end()) continue;
      taken = true;
      current_number = number;
      current = &c;
      found->second.on_reply(update, now, *this);
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

  // A connection's own sequence broke: the loss may concern all it carries.
  void give_to_all(Event event, Gap gap) {
    const std::vector<std::string_view> names{current->symbols.begin(), current->symbols.end()};
    if (gap.symbols.empty()) gap.symbols = names;
    event.body = gap;
    give(event);
  }

  // ---- from aligners ----

  void book_change(std::string_view symbol, Micros timestamp, const BookChange& change) override {
    give(Event{{}, symbol, timestamp, 0, change});
  }
  void gap(std::string_view symbol, const Gap& gap) override { give(Event{{}, symbol, 0, 0, gap}); }
  void request(venue::Request request) override { on_request(request); }
  void book_lost(std::string_view symbol) override {
    current->session->on_book_lost(symbol, *this);
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

  void end_books(Connection& c, GapReason reason) {
    // In the order of their names, so that the same input gives the same output.
    std::map<std::string_view, Aligner*> books;
    for (auto& [symbol, book] : c.books) books.emplace(symbol, &book);
    for (auto& [symbol, book] : books) {
      book->give_up(reason, *this);
      counts.unanswered += book->unanswered();
    }
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
  Counts counts;

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
                      Micros local_timestamp, std::uint32_t /*beside*/) {
  State& s = *state_;
  s.now = local_timestamp;
  s.connections.erase(connection);
  s.current = nullptr;
  State::Connection& opened = s.connection(connection);
  opened.opened = local_timestamp;
  opened.symbols.assign(symbols.begin(), symbols.end());
  s.give(Event{{}, {}, 0, 0, Connect{symbols, {}}});
}

void Feed::on_disconnect(std::uint32_t connection, std::span<const std::string_view> symbols,
                         std::string_view reason, Micros local_timestamp) {
  State& s = *state_;
  s.now = local_timestamp;
  const auto found = s.connections.find(connection);
  if (found != s.connections.end()) {
    s.current_number = connection;
    s.end_books(found->second, GapReason::disconnect);
    s.connections.erase(found);
    s.current = nullptr;
  }
  s.tickers.clear();
  s.give(Event{{}, {}, 0, 0, Disconnect{symbols, reason}});
}

Result<FrameKind> Feed::on_frame(std::uint32_t connection, const venue::Frame& frame) {
  State& s = *state_;
  s.now = frame.local_timestamp;
  return s.count(s.connection(connection).session->on_frame(frame, s));
}

Result<FrameKind> Feed::on_reply(const venue::Reply& reply) {
  State& s = *state_;
  s.now = reply.local_timestamp;
  s.replying = true;
  auto kind = s.rest->on_reply(reply, s);
  s.replying = false;
  if (kind) s.offer_orders(reply);
  return s.count(std::move(kind));
}

Result<FrameKind> Feed::on_raw(const RawLine& line) {
  switch (line.kind) {
    case RawKind::connect:
      on_connect(line.connection, line.symbols, line.local_timestamp, line.beside);
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
    s.end_books(connection, GapReason::stale);
  }
  s.connections.clear();
  s.current = nullptr;
}

const Feed::Counts& Feed::counts() const { return state_->counts; }

Feed::Books Feed::books() const {
  Books books;
  for (const auto& [number, connection] : state_->connections) {
    books.known += connection.books.size();
    for (const auto& [symbol, book] : connection.books) books.live += book.live() ? 1 : 0;
  }
  return books;
}

}  // namespace md::book
