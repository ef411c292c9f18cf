#include "store/tables.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "store/loader.hpp"

namespace md::store {
namespace {

struct Layout {
  std::string_view name;
  std::string_view columns;
};

// In the order of Table.
constexpr std::array<Layout, kTables> kLayouts = {{
    {"trade",
     "\"timestamp\", local_timestamp, line, load_id, instrument_id, id, price, amount, side, seq, "
     "backfilled"},
    {"book_change",
     "\"timestamp\", local_timestamp, line, load_id, instrument_id, is_snapshot, bid_prices, "
     "bid_amounts, ask_prices, "
     "ask_amounts, prev_seq, seq, rebuilt"},
    {"book_ticker",
     "\"timestamp\", local_timestamp, line, load_id, instrument_id, ask_amount, ask_price, "
     "bid_price, bid_amount, seq"},
    {"derivative_ticker",
     "\"timestamp\", local_timestamp, line, load_id, instrument_id, last_price, open_interest, "
     "funding_rate, "
     "funding_timestamp, predicted_funding_rate, index_price, mark_price"},
    {"liquidation",
     "\"timestamp\", local_timestamp, line, load_id, instrument_id, id, price, amount, side"},
    {"feed_event",
     "\"timestamp\", local_timestamp, line, load_id, kind, exchange, symbol, symbols, channel, "
     "prev_seq, seq, reason"},
}};

constexpr int fields(Table table) {
  const std::string_view text = kLayouts[static_cast<std::size_t>(table)].columns;
  return 1 + static_cast<int>(std::count(text.begin(), text.end(), ','));
}

void optional_text(RowWriter& out, std::string_view text) {
  text.empty() ? out.null() : out.text(text);
}

void append_symbols(RowWriter& out, std::span<const std::string_view> symbols) {
  symbols.empty() ? out.null() : out.texts(symbols);
}

struct AppendBody {
  RowWriter& out;
  const Event& event;

  void operator()(const Trade& e) const {
    optional_text(out, e.id);
    out.number(e.price);
    out.number(e.amount);
    out.text(to_text(e.side));
    out.bigint(e.seq);
    out.boolean(e.backfilled);
  }
  void operator()(const BookChange& e) const {
    out.boolean(e.is_snapshot);
    out.numbers(e.bids, &Level::price);
    out.numbers(e.bids, &Level::amount);
    out.numbers(e.asks, &Level::price);
    out.numbers(e.asks, &Level::amount);
    out.bigint(e.prev_seq);
    out.bigint(e.seq);
    out.boolean(e.rebuilt);
  }
  void operator()(const BookTicker& e) const {
    out.number(e.ask_amount);
    out.number(e.ask_price);
    out.number(e.bid_price);
    out.number(e.bid_amount);
    out.bigint(e.seq);
  }
  void operator()(const DerivativeTicker& e) const {
    out.number(e.last_price);
    out.number(e.open_interest);
    out.number(e.funding_rate);
    e.funding_timestamp ? out.time(*e.funding_timestamp) : out.null();
    out.number(e.predicted_funding_rate);
    out.number(e.index_price);
    out.number(e.mark_price);
  }
  void operator()(const Liquidation& e) const {
    optional_text(out, e.id);
    out.number(e.price);
    out.number(e.amount);
    out.text(to_text(e.side));
  }
  void operator()(const Connect& e) const {
    feed("", std::nullopt, std::nullopt, e.reason, e.symbols);
  }
  void operator()(const Disconnect& e) const {
    feed("", std::nullopt, std::nullopt, e.reason, e.symbols);
  }
  void operator()(const Gap& e) const {
    feed(to_text(e.channel), e.prev_seq, e.seq, to_text(e.reason), e.symbols);
  }

  void feed(std::string_view channel, const Seq& prev_seq, const Seq& seq, std::string_view reason,
            std::span<const std::string_view> symbols) const {
    out.text(to_text(event.type()));
    out.text(event.exchange);
    optional_text(out, event.symbol);
    append_symbols(out, symbols);
    optional_text(out, channel);
    out.bigint(prev_seq);
    out.bigint(seq);
    optional_text(out, reason);
  }
};

Error cannot_store(const Event& event, std::string_view why) {
  return Error{Errc::malformed, fmt::format("cannot store the {}: {}", to_text(event.type()), why)};
}

Result<void> check_text(const Event& event, std::string_view field, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return cannot_store(event,
                        fmt::format("{} has a NUL character, which PostgreSQL cannot hold", field));
  }
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return cannot_store(event, fmt::format("{} is not UTF-8", field));
  }
  return {};
}

Result<void> check_name(const Event& event, std::string_view field, std::string_view text) {
  if (text.size() > kMaxName)
    return cannot_store(event, fmt::format("{} is longer than {} bytes", field, kMaxName));
  return check_text(event, field, text);
}

Result<void> check_time(const Event& event, std::string_view field, Micros time) {
  if (time >= kFirstTime && time <= kLastTime) return {};
  return cannot_store(event, fmt::format("{} is outside the years 0001 to 9999", field));
}

struct CheckBody {
  const Event& event;

  Result<void> operator()(const Trade& e) const { return check_text(event, "id", e.id); }
  Result<void> operator()(const BookChange&) const { return {}; }
  Result<void> operator()(const BookTicker&) const { return {}; }
  Result<void> operator()(const DerivativeTicker& e) const {
    return e.funding_timestamp ? check_time(event, "fundingTimestamp", *e.funding_timestamp)
                               : Result<void>{};
  }
  Result<void> operator()(const Liquidation& e) const { return check_text(event, "id", e.id); }
  Result<void> operator()(const Connect& e) const { return feed(e.symbols, e.reason); }
  Result<void> operator()(const Disconnect& e) const { return feed(e.symbols, e.reason); }
  Result<void> operator()(const Gap& e) const { return feed(e.symbols, {}); }

  Result<void> feed(std::span<const std::string_view> symbols, std::string_view reason) const {
    for (const std::string_view symbol : symbols) MD_CHECK(check_text(event, "symbols", symbol));
    return check_text(event, "reason", reason);
  }
};

Side read_side(RowReader& rows) { return side_from(rows.text()).value_or(Side::unknown); }

}  // namespace

std::string_view name(Table table) { return kLayouts[static_cast<std::size_t>(table)].name; }
std::string_view columns(Table table) { return kLayouts[static_cast<std::size_t>(table)].columns; }

std::string sql_range(Micros from, Micros to) {
  if (from >= to) return "false";
  const auto sql_time = [](Micros time) {
    return fmt::format("'{}'::timestamptz", to_iso(std::clamp(time, kFirstTime, kLastTime)));
  };
  return fmt::format("\"timestamp\" BETWEEN {} AND {}", sql_time(from), sql_time(to - 1));
}

Result<void> check_storable(const Event& event) {
  MD_CHECK(check_name(event, "exchange", event.exchange));
  MD_CHECK(check_name(event, "symbol", event.symbol));
  MD_CHECK(check_time(event, "timestamp", event.timestamp));
  MD_CHECK(check_time(event, "localTimestamp", event.local_timestamp));
  return std::visit(CheckBody{event}, event.body);
}

std::string storable_text(std::string_view bytes) {
  if (simdjson::validate_utf8(bytes.data(), bytes.size())) return std::string(bytes);
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    byte < 0x80 ? text.append(1, c) : text.append(fmt::format("\\x{:02x}", byte));
  }
  return text;
}

void append_row(RowWriter& out, const Event& event, const Origin& origin) {
  const Table table = table_of(event.type());
  out.begin(fields(table));
  out.time(event.timestamp);
  out.time(event.local_timestamp);
  out.bigint(origin.line);
  out.integer(origin.load);
  if (has_instrument(table)) out.integer(origin.instrument);
  std::visit(AppendBody{out, event}, event.body);
}

bool RowDecoder::next(RowReader& rows, Type type, Event& event) {
  const Table table = table_of(type);
  if (!rows.begin(fields(table))) return false;
  event.timestamp = rows.time();
  event.local_timestamp = rows.time();
  rows.skip();  // line
  rows.skip();  // load_id
  if (has_instrument(table)) rows.skip();

  switch (table) {
    case Table::trade: {
      Trade& e = event.body.emplace<Trade>();
      e.id = rows.text();
      e.price = rows.number();
      e.amount = rows.number();
      e.side = read_side(rows);
      e.seq = rows.optional_bigint();
      e.backfilled = rows.boolean();
      break;
    }
    case Table::book_change: {
      BookChange& e = event.body.emplace<BookChange>();
      e.is_snapshot = rows.boolean();
      rows.numbers(bids_, &Level::price, true);
      rows.numbers(bids_, &Level::amount, false);
      rows.numbers(asks_, &Level::price, true);
      rows.numbers(asks_, &Level::amount, false);
      e.bids = bids_;
      e.asks = asks_;
      e.prev_seq = rows.optional_bigint();
      e.seq = rows.optional_bigint();
      e.rebuilt = rows.boolean();
      break;
    }
    case Table::book_ticker: {
      BookTicker& e = event.body.emplace<BookTicker>();
      e.ask_amount = rows.optional_number();
      e.ask_price = rows.optional_number();
      e.bid_price = rows.optional_number();
      e.bid_amount = rows.optional_number();
      e.seq = rows.optional_bigint();
      break;
    }
    case Table::derivative_ticker: {
      DerivativeTicker& e = event.body.emplace<DerivativeTicker>();
      e.last_price = rows.optional_number();
      e.open_interest = rows.optional_number();
      e.funding_rate = rows.optional_number();
      e.funding_timestamp = rows.optional_time();
      e.predicted_funding_rate = rows.optional_number();
      e.index_price = rows.optional_number();
      e.mark_price = rows.optional_number();
      break;
    }
    case Table::liquidation: {
      Liquidation& e = event.body.emplace<Liquidation>();
      e.id = rows.text();
      e.price = rows.number();
      e.amount = rows.number();
      e.side = read_side(rows);
      break;
    }
    case Table::feed_event: {
      rows.skip();  // kind: the SELECT asked for one
      event.exchange = rows.text();
      event.symbol = rows.text();
      rows.texts(symbols_);
      const std::string_view channel = rows.text();
      const Seq prev_seq = rows.optional_bigint();
      const Seq seq = rows.optional_bigint();
      const std::string_view reason = rows.text();
      if (type == Type::connect) {
        event.body = Connect{symbols_, reason};
      } else if (type == Type::disconnect) {
        event.body = Disconnect{symbols_, reason};
      } else {
        const auto missing = type_from(channel);
        const auto why = gap_reason_from(reason);
        if (!missing || !why) rows.fail();
        event.body = Gap{missing.value_or(Type::trade), prev_seq, seq,
                         why.value_or(GapReason::sequence), symbols_};
      }
      break;
    }
  }
  return rows.ok();
}

}  // namespace md::store
