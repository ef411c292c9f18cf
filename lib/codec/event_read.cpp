#include "codec/event_json.hpp"
#include "codec/json.hpp"

namespace md::codec {
namespace {

// Every field an event line can have, before its type says which are wanted: type may stand
// anywhere.
struct Fields {
  std::string_view type, exchange, symbol, id, reason;
  Side side = Side::unknown;
  std::optional<Micros> timestamp, local_timestamp, funding_timestamp;
  std::optional<Decimal> price, amount;
  std::optional<Decimal> ask_amount, ask_price, bid_price, bid_amount;
  std::optional<Decimal> last_price, open_interest, funding_rate, predicted_funding_rate,
      index_price, mark_price;
  Seq prev_seq, seq;
  bool is_snapshot = false, rebuilt = false, backfilled = false;
  bool has_bids = false, has_asks = false, has_side = false, has_is_snapshot = false;
  std::optional<Type> channel;
};

bool read_optional(json::Value& value, std::optional<Decimal>& out) {
  return value.decimal(out.emplace());
}
bool read_time(json::Value& value, std::optional<Micros>& out) {
  std::string_view text;
  return value.text(text) && parse_iso(text, out.emplace());
}

// [{"price":1,"amount":2},...]
bool read_levels(json::Value& value, std::vector<Level>& out) {
  out.clear();
  return value.array([&](json::Value& element) {
    Level level;
    int found = 0;
    const bool read = element.object([&](json::Key key, json::Value& number) {
      if (key == "price") return ++found, number.decimal(level.price);
      if (key == "amount") return ++found, number.decimal(level.amount);
      return true;
    });
    if (!read || found != 2) return false;
    out.push_back(level);
    return true;
  });
}

}  // namespace

struct EventReader::State {
  bool read_field(Fields& f, json::Key key, json::Value& value) {
    if (key == "type") return value.text(f.type);
    if (key == "symbol") return value.text(f.symbol);
    if (key == "exchange") return value.text(f.exchange);
    if (key == "id") return value.text(f.id);
    if (key == "price") return read_optional(value, f.price);
    if (key == "amount") return read_optional(value, f.amount);
    if (key == "side") {
      std::string_view text;
      if (!value.text(text)) return false;
      const auto side = side_from(text);
      f.side = side.value_or(Side::unknown);
      f.has_side = true;
      return side.has_value();
    }
    if (key == "timestamp") return read_time(value, f.timestamp);
    if (key == "localTimestamp") return read_time(value, f.local_timestamp);
    if (key == "seq") return value.integer(f.seq);
    if (key == "prevSeq") return value.integer(f.prev_seq);
    if (key == "bids") return f.has_bids = true, read_levels(value, bids);
    if (key == "asks") return f.has_asks = true, read_levels(value, asks);
    if (key == "isSnapshot") return f.has_is_snapshot = true, value.boolean(f.is_snapshot);
    if (key == "rebuilt") return value.boolean(f.rebuilt);
    if (key == "backfilled") return value.boolean(f.backfilled);
    if (key == "askAmount") return read_optional(value, f.ask_amount);
    if (key == "askPrice") return read_optional(value, f.ask_price);
    if (key == "bidPrice") return read_optional(value, f.bid_price);
    if (key == "bidAmount") return read_optional(value, f.bid_amount);
    if (key == "lastPrice") return read_optional(value, f.last_price);
    if (key == "openInterest") return read_optional(value, f.open_interest);
    if (key == "fundingRate") return read_optional(value, f.funding_rate);
    if (key == "fundingTimestamp") return read_time(value, f.funding_timestamp);
    if (key == "predictedFundingRate") return read_optional(value, f.predicted_funding_rate);
    if (key == "indexPrice") return read_optional(value, f.index_price);
    if (key == "markPrice") return read_optional(value, f.mark_price);
    if (key == "reason") return value.text(f.reason);
    if (key == "channel") {
      std::string_view text;
      if (!value.text(text)) return false;
      f.channel = type_from(text);
      return f.channel.has_value();
    }
    if (key == "symbols") {
      symbols.clear();
      return value.array(
          [&](json::Value& element) { return element.text(symbols.emplace_back()); });
    }
    return true;
  }

  bool fail(std::string message) {
    error = Error{Errc::malformed, std::move(message)};
    return false;
  }

  bool build(const Fields& f, Event& event) {
    const auto type = type_from(f.type);
    if (!type)
      return fail(f.type.empty()
                      ? "event has no type"
                      : "unknown event type '" + std::string(f.type.substr(0, 40)) + "'");
    const bool of_connection = *type == Type::connect || *type == Type::disconnect;
    if (f.exchange.empty()) return fail("event has no exchange");
    if (f.symbol.empty() && !of_connection && *type != Type::gap)
      return fail("event has no symbol");
    if (!f.local_timestamp) return fail("event has no localTimestamp");
    if (!f.timestamp && !of_connection && *type != Type::gap) return fail("event has no timestamp");
    event.exchange = f.exchange;
    event.symbol = f.symbol;
    event.local_timestamp = *f.local_timestamp;
    event.timestamp = f.timestamp.value_or(*f.local_timestamp);
    switch (*type) {
      case Type::trade:
        if (!f.price || !f.amount || !f.has_side) return fail("trade lacks price, amount or side");
        event.body = Trade{f.id, *f.price, *f.amount, f.side, f.seq, f.backfilled};
        return true;
      case Type::book_change:
        if (!f.has_bids || !f.has_asks || !f.has_is_snapshot)
          return fail("book_change lacks isSnapshot, bids or asks");
        event.body = BookChange{f.is_snapshot, bids, asks, f.prev_seq, f.seq, f.rebuilt};
        return true;
      case Type::book_ticker:
        event.body = BookTicker{f.ask_amount, f.ask_price, f.bid_price, f.bid_amount, f.seq};
        return true;
      case Type::derivative_ticker:
        event.body = DerivativeTicker{f.last_price,        f.open_interest,          f.funding_rate,
                                      f.funding_timestamp, f.predicted_funding_rate, f.index_price,
                                      f.mark_price};
        return true;
      case Type::liquidation:
        if (!f.price || !f.amount || !f.has_side)
          return fail("liquidation lacks price, amount or side");
        event.body = Liquidation{f.id, *f.price, *f.amount, f.side};
        return true;
      case Type::connect:
        event.body = Connect{symbols, f.reason};
        return true;
      case Type::disconnect:
        event.body = Disconnect{symbols, f.reason};
        return true;
      case Type::gap: {
        const auto reason = gap_reason_from(f.reason);
        if (!f.channel || !reason) return fail("gap lacks channel or reason");
        event.body = Gap{*f.channel, f.prev_seq, f.seq, *reason, symbols};
        return true;
      }
    }
    return false;
  }

  json::Parser parser;
  std::vector<Level> bids, asks;
  std::vector<std::string_view> symbols;
  Error error;
};

EventReader::EventReader() : state_(std::make_unique<State>()) {}
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;
EventReader::~EventReader() = default;

bool EventReader::read(std::string_view line, Event& event) {
  Fields fields;
  state_->bids.clear();
  state_->asks.clear();
  state_->symbols.clear();
  const bool read = state_->parser.read_object(line, [&](json::Key key, json::Value& value) {
    return state_->read_field(fields, key, value);
  });
  if (!read) return state_->fail("not an event: broken JSON, or a field of the wrong kind");
  return state_->build(fields, event);
}

Result<Event> EventReader::read(std::string_view line) {
  Event event;
  if (!read(line, event)) return error();
  return event;
}

const Error& EventReader::error() const { return state_->error; }

}  // namespace md::codec
