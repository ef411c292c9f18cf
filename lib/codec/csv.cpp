#include "codec/csv.hpp"

#include "codec/json_write.hpp"

namespace md::codec {
namespace {

// Quoted where it must be (RFC 4180).
void append_field(Buffer& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out.append(text);
    return;
  }
  out.append('"');
  for (const char c : text) {
    if (c == '"') out.append('"');
    out.append(c);
  }
  out.append('"');
}

void append_integer(Buffer& out, std::int64_t value) {
  char* const at = out.reserve(20);
  out.commit(write_integer(at, value));
}

void append_decimal(Buffer& out, const Decimal& value) {
  char* const at = out.reserve(Decimal::kMaxText);
  out.commit(value.write(at));
}

void append_decimal(Buffer& out, const std::optional<Decimal>& value) {
  if (value) append_decimal(out, *value);
}

// exchange,symbol,timestamp,local_timestamp
void append_head(Buffer& out, const Event& event) {
  append_field(out, event.exchange);
  out.append(',');
  append_field(out, event.symbol);
  out.append(',');
  append_integer(out, event.timestamp);
  out.append(',');
  append_integer(out, event.local_timestamp);
}

struct Rows {
  Buffer& out;
  const Event& event;

  void operator()(const Trade& e) const { append_execution(e.id, e.side, e.price, e.amount); }
  void operator()(const Liquidation& e) const { append_execution(e.id, e.side, e.price, e.amount); }
  void operator()(const BookChange& e) const {
    append_levels(e.is_snapshot, "bid", e.bids);
    append_levels(e.is_snapshot, "ask", e.asks);
  }
  void operator()(const BookTicker& e) const {
    append_head(out, event);
    for (const auto* value : {&e.ask_amount, &e.ask_price, &e.bid_price, &e.bid_amount}) {
      out.append(',');
      append_decimal(out, *value);
    }
    out.append('\n');
  }
  void operator()(const DerivativeTicker& e) const {
    append_head(out, event);
    out.append(',');
    if (e.funding_timestamp) append_integer(out, *e.funding_timestamp);
    for (const auto* value : {&e.funding_rate, &e.predicted_funding_rate, &e.open_interest,
                              &e.last_price, &e.index_price, &e.mark_price}) {
      out.append(',');
      append_decimal(out, *value);
    }
    out.append('\n');
  }
  void operator()(const Connect&) const {}
  void operator()(const Disconnect&) const {}
  void operator()(const Gap&) const {}

 private:
  void append_execution(std::string_view id, Side side, const Decimal& price,
                        const Decimal& amount) const {
    append_head(out, event);
    out.append(',');
    append_field(out, id);
    out.append(',');
    out.append(to_text(side));
    out.append(',');
    append_decimal(out, price);
    out.append(',');
    append_decimal(out, amount);
    out.append('\n');
  }
  void append_levels(bool is_snapshot, std::string_view side, std::span<const Level> levels) const {
    for (const Level& level : levels) {
      append_head(out, event);
      out.append(is_snapshot ? ",true," : ",false,");
      out.append(side);
      out.append(',');
      append_decimal(out, level.price);
      out.append(',');
      append_decimal(out, level.amount);
      out.append('\n');
    }
  }
};

}  // namespace

std::string_view csv_name(Type type) {
  switch (type) {
    case Type::trade:
      return "trades";
    case Type::book_change:
      return "incremental_book_L2";
    case Type::book_ticker:
      return "quotes";
    case Type::derivative_ticker:
      return "derivative_ticker";
    case Type::liquidation:
      return "liquidations";
    case Type::connect:
    case Type::disconnect:
    case Type::gap:
      break;
  }
  return {};
}

std::string_view csv_header(Type type) {
  switch (type) {
    case Type::trade:
    case Type::liquidation:
      return "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n";
    case Type::book_change:
      return "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n";
    case Type::book_ticker:
      return "exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_"
             "amount\n";
    case Type::derivative_ticker:
      return "exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,predicted_"
             "funding_rate,"
             "open_interest,last_price,index_price,mark_price\n";
    case Type::connect:
    case Type::disconnect:
    case Type::gap:
      break;
  }
  return {};
}

void append_csv(Buffer& out, const Event& event) { std::visit(Rows{out, event}, event.body); }

}  // namespace md::codec
