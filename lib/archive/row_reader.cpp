#include "archive/row_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "archive/csv_scanner.hpp"
#include "archive/json_strings.hpp"
#include "archive/row_writer.hpp"

namespace md::archive {
namespace {

// Takes a record's fields in order, and remembers the first that is not what it should be.
class Fields {
 public:
  explicit Fields(std::span<const std::string_view> fields) : fields_(fields) {}

  std::string_view text() { return fields_[next_++]; }
  std::int64_t integer(const char* column) {
    const std::string_view field = text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc{} || end != field.data() + field.size()) bad(column, "an integer");
    return value;
  }
  Decimal decimal(const char* column) {
    Decimal value;
    if (!Decimal::parse(text(), value)) bad(column, "a decimal number");
    return value;
  }
  bool boolean(const char* column) {
    const std::string_view field = text();
    if (field != "true" && field != "false") bad(column, "true or false");
    return field == "true";
  }
  Seq optional_integer(const char* column) {
    if (skip_empty()) return std::nullopt;
    return integer(column);
  }
  std::optional<Decimal> optional_decimal(const char* column) {
    if (skip_empty()) return std::nullopt;
    return decimal(column);
  }
  // `parse` gives an optional for a name.
  template <typename Parse>
  auto name(const char* column, Parse parse) {
    const auto value = parse(text());
    if (!value) bad(column, "a known name");
    return value.value_or(typename decltype(value)::value_type{});
  }
  void bad(const char* column, const char* kind) {
    fail(fmt::format("{} is not {}", column, kind));
  }
  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }
  const std::string& problem() const { return problem_; }  // empty: none

 private:
  bool skip_empty() {
    if (!fields_[next_].empty()) return false;
    ++next_;
    return true;
  }

  std::span<const std::string_view> fields_;
  std::size_t next_ = 0;
  std::string problem_;
};

// One row of incremental_book_L2.
struct BookRow {
  Micros timestamp = 0;
  Micros local_timestamp = 0;
  bool is_snapshot = false;
  bool rebuilt = false;
  Seq prev_seq;
  Seq seq;
  std::int64_t message = 0;
  enum class Place : std::uint8_t { none, bid, ask } place = Place::none;
  Level level;

  bool same_message(const BookRow& other) const {
    return timestamp == other.timestamp && local_timestamp == other.local_timestamp &&
           is_snapshot == other.is_snapshot && rebuilt == other.rebuilt &&
           prev_seq == other.prev_seq && seq == other.seq;
  }
};

std::optional<BookRow::Place> place_from(std::string_view text) {
  if (text == "bid") return BookRow::Place::bid;
  if (text == "ask") return BookRow::Place::ask;
  if (text.empty()) return BookRow::Place::none;
  return std::nullopt;
}

}  // namespace

void RowTotals::add(std::uint64_t more_rows, Micros timestamp) {
  rows += more_rows;
  ++events;
  first = std::min(first.value_or(timestamp), timestamp);
  last = std::max(last.value_or(timestamp), timestamp);
}

struct RowReader::State {
  State(MemberStream in, Stream member)
      : scanner(std::move(in)), stream(std::move(member)), header(row_header(stream.table)) {
    header.pop_back();
    columns = static_cast<std::size_t>(std::count(header.begin(), header.end(), ',')) + 1;
  }

  Result<void> read_header();
  Result<bool> next_record();
  Result<bool> next_row(Event& event);
  Result<bool> next_book_change(Event& event);
  Result<bool> next_book_row();
  Result<void> add_level(bool& asks_begun);
  void read_feed_event(Fields& fields, Event& event);

  CsvScanner scanner;
  Stream stream;
  std::string header;
  std::size_t columns = 0;
  bool header_read = false;
  RowTotals totals;
  // incremental_book_L2: the row after the message given, and the levels of that message.
  std::optional<BookRow> pending;
  std::vector<Level> bids;
  std::vector<Level> asks;
  std::vector<std::string> symbols;
  std::vector<std::string_view> symbol_views;
};

Result<void> RowReader::State::read_header() {
  header_read = true;
  MD_TRY(const bool any, scanner.next());
  if (!any || fmt::format("{}", fmt::join(scanner.fields(), ",")) != header) {
    return scanner.malformed(fmt::format("header is not '{}'", header));
  }
  return {};
}

// The next record, of the right size and stream.
Result<bool> RowReader::State::next_record() {
  if (!header_read) MD_CHECK(read_header());
  MD_TRY(const bool any, scanner.next());
  if (!any) return false;
  const auto fields = scanner.fields();
  if (fields.size() != columns) {
    return scanner.malformed(fmt::format("{} fields where {} belong", fields.size(), columns));
  }
  if (fields[0] != stream.exchange || fields[1] != stream.symbol) {
    return scanner.malformed("row of another exchange or symbol");
  }
  return true;
}

Result<bool> RowReader::State::next_row(Event& event) {
  MD_TRY(const bool any, next_record());
  if (!any) return false;
  Fields fields{scanner.fields().subspan(2)};
  event.exchange = stream.exchange;
  event.symbol = stream.symbol;
  event.timestamp = fields.integer("timestamp");
  event.local_timestamp = fields.integer("local_timestamp");
  switch (stream.table) {
    case Table::trades: {
      Trade& e = event.body.emplace<Trade>();
      e.id = fields.text();
      e.side = fields.name("side", side_from);
      e.price = fields.decimal("price");
      e.amount = fields.decimal("amount");
      e.seq = fields.optional_integer("seq");
      e.backfilled = fields.boolean("backfilled");
      break;
    }
    case Table::quotes: {
      BookTicker& e = event.body.emplace<BookTicker>();
      e.ask_amount = fields.optional_decimal("ask_amount");
      e.ask_price = fields.optional_decimal("ask_price");
      e.bid_price = fields.optional_decimal("bid_price");
      e.bid_amount = fields.optional_decimal("bid_amount");
      e.seq = fields.optional_integer("seq");
      break;
    }
    case Table::derivative_ticker: {
      DerivativeTicker& e = event.body.emplace<DerivativeTicker>();
      e.funding_timestamp = fields.optional_integer("funding_timestamp");
      e.funding_rate = fields.optional_decimal("funding_rate");
      e.predicted_funding_rate = fields.optional_decimal("predicted_funding_rate");
      e.open_interest = fields.optional_decimal("open_interest");
      e.last_price = fields.optional_decimal("last_price");
      e.index_price = fields.optional_decimal("index_price");
      e.mark_price = fields.optional_decimal("mark_price");
      break;
    }
    case Table::liquidations: {
      Liquidation& e = event.body.emplace<Liquidation>();
      e.id = fields.text();
      e.side = fields.name("side", side_from);
      e.price = fields.decimal("price");
      e.amount = fields.decimal("amount");
      break;
    }
    case Table::incremental_book_L2:  // has rows of its own kind: next_book_change()
    case Table::feed_events:
      read_feed_event(fields, event);
  }
  if (!fields.problem().empty()) return scanner.malformed(fields.problem());
  totals.add(1, event.timestamp);
  return true;
}

void RowReader::State::read_feed_event(Fields& fields, Event& event) {
  const Type type = fields.name("type", type_from);
  const std::string_view channel = fields.text();
  const Seq prev_seq = fields.optional_integer("prev_seq");
  const Seq seq = fields.optional_integer("seq");
  const std::string_view reason = fields.text();
  const std::string_view list = fields.text();
  symbols.clear();
  if (!list.empty() && !parse_json_strings(list, symbols))
    fields.bad("symbols", "a JSON array of strings");
  symbol_views.assign(symbols.begin(), symbols.end());
  if (type == Type::connect) {
    event.body = Connect{symbol_views, reason};
  } else if (type == Type::disconnect) {
    event.body = Disconnect{symbol_views, reason};
  } else if (type == Type::gap) {
    const auto of = type_from(channel);
    const auto why = gap_reason_from(reason);
    if (!of) fields.bad("channel", "a known name");
    if (!why) fields.bad("reason", "a known name");
    event.body = Gap{of.value_or(Type::trade), prev_seq, seq, why.value_or(GapReason::sequence),
                     symbol_views};
  } else {
    fields.bad("type", "connect, disconnect or gap");
  }
}

// Reads a row into `pending`; false, and none there, at the end.
Result<bool> RowReader::State::next_book_row() {
  pending.reset();
  MD_TRY(const bool any, next_record());
  if (!any) return false;
  Fields fields{scanner.fields().subspan(2)};
  BookRow row;
  row.timestamp = fields.integer("timestamp");
  row.local_timestamp = fields.integer("local_timestamp");
  row.is_snapshot = fields.boolean("is_snapshot");
  row.place = fields.name("side", place_from);
  const auto price = fields.optional_decimal("price");
  const auto amount = fields.optional_decimal("amount");
  if ((row.place != BookRow::Place::none) != (price && amount) ||
      price.has_value() != amount.has_value()) {
    fields.fail("side, price and amount are neither a level nor all empty");
  }
  row.level = {price.value_or(Decimal{}), amount.value_or(Decimal{})};
  row.message = fields.integer("message");
  row.prev_seq = fields.optional_integer("prev_seq");
  row.seq = fields.optional_integer("seq");
  row.rebuilt = fields.boolean("rebuilt");
  if (!fields.problem().empty()) return scanner.malformed(fields.problem());
  pending = row;
  return true;
}

Result<void> RowReader::State::add_level(bool& asks_begun) {
  if (pending->place == BookRow::Place::none) return {};
  const bool ask = pending->place == BookRow::Place::ask;
  if (asks_begun && !ask) return scanner.malformed("bid behind the asks of its message");
  asks_begun = ask;
  (ask ? asks : bids).push_back(pending->level);
  if (bids.size() + asks.size() > kMaxLevels) {
    return scanner.malformed(fmt::format("message has more than {} levels", kMaxLevels));
  }
  return {};
}

Result<bool> RowReader::State::next_book_change(Event& event) {
  if (!pending) MD_CHECK(next_book_row());
  if (!pending) return false;
  const BookRow head = *pending;
  if (head.message != static_cast<std::int64_t>(totals.events) + 1) {
    return scanner.malformed(
        fmt::format("message {} where {} belongs", head.message, totals.events + 1));
  }
  bids.clear();
  asks.clear();
  bool asks_begun = false;
  std::uint64_t rows = 0;
  while (pending && pending->message == head.message) {
    if (!pending->same_message(head))
      return scanner.malformed("row differs from the others of its message");
    if (rows != 0 &&
        (head.place == BookRow::Place::none || pending->place == BookRow::Place::none)) {
      return scanner.malformed("row without a level in a message of several rows");
    }
    MD_CHECK(add_level(asks_begun));
    ++rows;
    MD_CHECK(next_book_row());
  }
  event.exchange = stream.exchange;
  event.symbol = stream.symbol;
  event.timestamp = head.timestamp;
  event.local_timestamp = head.local_timestamp;
  event.body = BookChange{head.is_snapshot, bids, asks, head.prev_seq, head.seq, head.rebuilt};
  totals.add(rows, event.timestamp);
  return true;
}

RowReader::RowReader(MemberStream in, Stream stream)
    : state_(std::make_unique<State>(std::move(in), std::move(stream))) {}
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader& RowReader::operator=(RowReader&&) noexcept = default;
RowReader::~RowReader() = default;

Result<bool> RowReader::next(Event& event) {
  if (state_->stream.table == Table::incremental_book_L2) return state_->next_book_change(event);
  return state_->next_row(event);
}

const RowTotals& RowReader::totals() const { return state_->totals; }
Result<store::Sha256> RowReader::digest() { return state_->scanner.stream().digest(); }

}  // namespace md::archive
