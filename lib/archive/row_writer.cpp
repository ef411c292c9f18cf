#include "archive/row_writer.hpp"

#include "codec/csv.hpp"
#include "codec/json_write.hpp"

namespace md::archive {
namespace {

// Appends fields, each with the comma behind it; end_row() turns the last comma into the line's
// end.
class Fields {
 public:
  explicit Fields(Buffer& out) : out_(out) {}

  void text(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      out_.append(text);
    } else {
      out_.append('"');
      for (const char c : text) {
        if (c == '"') out_.append('"');
        out_.append(c);
      }
      out_.append('"');
    }
    out_.append(',');
  }
  void integer(std::int64_t value) {
    char* const begin = out_.reserve(21);
    char* const end = codec::write_integer(begin, value);
    *end = ',';
    out_.commit(end + 1);
  }
  void decimal(const Decimal& value) {
    out_.append(value.to_wire());
    out_.append(',');
  }
  void boolean(bool value) { out_.append(value ? "true," : "false,"); }
  void empty() { out_.append(','); }
  void optional(const std::optional<std::int64_t>& value) { value ? integer(*value) : empty(); }
  void optional(const std::optional<Decimal>& value) { value ? decimal(*value) : empty(); }
  void symbols(std::span<const std::string_view> symbols) {
    if (symbols.empty()) return empty();
    json_.clear();
    for (const std::string_view symbol : symbols) {
      json_.append(json_.empty() ? "[\"" : ",\"");
      json_.commit(codec::write_escaped(json_.reserve(codec::escaped_size(symbol.size())), symbol));
      json_.append('"');
    }
    json_.append(']');
    text(json_.view());
  }
  void head(const Event& event) {
    text(event.exchange);
    text(event.symbol);
    integer(event.timestamp);
    integer(event.local_timestamp);
  }
  void end_row() {
    out_.truncate(out_.size() - 1);
    out_.append('\n');
  }

 private:
  Buffer& out_;
  Buffer json_;
};

struct Body {
  Fields& fields;
  const Event& event;
  std::int64_t& message;

  std::uint64_t operator()(const Trade& e) const {
    fields.head(event);
    fields.text(e.id);
    fields.text(to_text(e.side));
    fields.decimal(e.price);
    fields.decimal(e.amount);
    fields.optional(e.seq);
    fields.boolean(e.backfilled);
    return end_row();
  }
  std::uint64_t operator()(const BookChange& e) const {
    ++message;
    for (const Level& level : e.bids) book_row(e, "bid", &level);
    for (const Level& level : e.asks) book_row(e, "ask", &level);
    if (e.bids.empty() && e.asks.empty()) return book_row(e, {}, nullptr);
    return e.bids.size() + e.asks.size();
  }
  std::uint64_t operator()(const BookTicker& e) const {
    fields.head(event);
    fields.optional(e.ask_amount);
    fields.optional(e.ask_price);
    fields.optional(e.bid_price);
    fields.optional(e.bid_amount);
    fields.optional(e.seq);
    return end_row();
  }
  std::uint64_t operator()(const DerivativeTicker& e) const {
    fields.head(event);
    fields.optional(e.funding_timestamp);
    fields.optional(e.funding_rate);
    fields.optional(e.predicted_funding_rate);
    fields.optional(e.open_interest);
    fields.optional(e.last_price);
    fields.optional(e.index_price);
    fields.optional(e.mark_price);
    return end_row();
  }
  std::uint64_t operator()(const Liquidation& e) const {
    fields.head(event);
    fields.text(e.id);
    fields.text(to_text(e.side));
    fields.decimal(e.price);
    fields.decimal(e.amount);
    return end_row();
  }
  std::uint64_t operator()(const Connect& e) const {
    return feed_row({}, std::nullopt, std::nullopt, e.reason, e.symbols);
  }
  std::uint64_t operator()(const Disconnect& e) const {
    return feed_row({}, std::nullopt, std::nullopt, e.reason, e.symbols);
  }
  std::uint64_t operator()(const Gap& e) const {
    return feed_row(to_text(e.channel), e.prev_seq, e.seq, to_text(e.reason), e.symbols);
  }

 private:
  std::uint64_t end_row() const {
    fields.end_row();
    return 1;
  }
  std::uint64_t book_row(const BookChange& e, std::string_view side, const Level* level) const {
    fields.head(event);
    fields.boolean(e.is_snapshot);
    fields.text(side);
    level != nullptr ? fields.decimal(level->price) : fields.empty();
    level != nullptr ? fields.decimal(level->amount) : fields.empty();
    fields.integer(message);
    fields.optional(e.prev_seq);
    fields.optional(e.seq);
    fields.boolean(e.rebuilt);
    return end_row();
  }
  std::uint64_t feed_row(std::string_view channel, Seq prev_seq, Seq seq, std::string_view reason,
                         std::span<const std::string_view> symbols) const {
    fields.head(event);
    fields.text(to_text(event.type()));
    fields.text(channel);
    fields.optional(prev_seq);
    fields.optional(seq);
    fields.text(reason);
    fields.symbols(symbols);
    return end_row();
  }
};

// The header line of codec's CSV, with more columns behind.
std::string with_columns(Type type, std::string_view more) {
  std::string line{codec::csv_header(type)};
  line.pop_back();
  line += more;
  return line += '\n';
}

}  // namespace

std::string row_header(Table table) {
  switch (table) {
    case Table::trades:
      return with_columns(Type::trade, ",seq,backfilled");
    case Table::incremental_book_L2:
      return with_columns(Type::book_change, ",message,prev_seq,seq,rebuilt");
    case Table::quotes:
      return with_columns(Type::book_ticker, ",seq");
    case Table::derivative_ticker:
      return with_columns(Type::derivative_ticker, "");
    case Table::liquidations:
      return with_columns(Type::liquidation, "");
    case Table::feed_events:
      break;
  }
  return "exchange,symbol,timestamp,local_timestamp,type,channel,prev_seq,seq,reason,symbols\n";
}

std::uint64_t RowWriter::append(Buffer& out, const Event& event) {
  Fields fields{out};
  return std::visit(Body{fields, event, message_}, event.body);
}

}  // namespace md::archive
