#include "store/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "store/pg_binary.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"

namespace md::store {
namespace {

// What a table's rows of one stream have in common, as a condition; none if there is no such
// stream. Text from the caller has gone to the server as a parameter and has come back quoted by
// it.
Result<std::optional<std::string>> sql_stream(Database& database, const Selection& selection) {
  const Parameter names[] = {selection.exchange, selection.symbol};
  if (has_instrument(table_of(selection.type))) {
    MD_TRY(
        const Rows rows,
        database.query("SELECT id FROM md.instrument WHERE exchange = $1 AND symbol = $2", names));
    if (rows.size() == 0) return std::optional<std::string>{};
    return std::optional(fmt::format("instrument_id = {}", rows.integer(0, 0)));
  }
  MD_TRY(const Rows rows,
         database.query("SELECT quote_literal($1::text), quote_literal($2::text)", names));
  return std::optional(fmt::format("kind = '{}' AND exchange = {} AND coalesce(symbol, '') = {}",
                                   to_text(selection.type), rows.text(0, 0), rows.text(0, 1)));
}

}  // namespace

Result<std::vector<Stream>> list_streams(Database& database, Micros from, Micros to) {
  MD_CHECK(require_schema(database));
  std::vector<Stream> streams;
  for (const Table table : kAllTables) {
    const std::string range = sql_range(from, to);
    const std::string sql =
        has_instrument(table)
            ? fmt::format(
                  "SELECT '{0}', i.exchange, i.symbol, n FROM md.instrument i JOIN (SELECT "
                  "instrument_id, count(*) n"
                  " FROM md.{0} WHERE {1} GROUP BY 1) c ON c.instrument_id = i.id",
                  name(table), range)
            : fmt::format(
                  "SELECT kind, exchange, coalesce(symbol, ''), count(*) FROM md.{} WHERE {} GROUP "
                  "BY 1, 2, 3",
                  name(table), range);
    MD_TRY(const Rows rows, database.query(sql));
    for (int row = 0; row < rows.size(); ++row) {
      const auto type = type_from(rows.text(row, 0));
      if (!type)
        return Error{Errc::internal,
                     fmt::format("unknown kind '{}' in md.feed_event", rows.text(row, 0))};
      streams.push_back({*type, std::string(rows.text(row, 1)), std::string(rows.text(row, 2)),
                         static_cast<std::uint64_t>(rows.integer(row, 3))});
    }
  }
  std::sort(streams.begin(), streams.end(), [](const Stream& a, const Stream& b) {
    return std::tie(a.type, a.exchange, a.symbol) < std::tie(b.type, b.exchange, b.symbol);
  });
  return streams;
}

struct Reader::State {
  State(Database& from, Selection what, Schema schema)
      : database(&from),
        selection(std::move(what)),
        position(selection.from),
        rows(rest, schema.numbers) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (copying) database->abandon();
  }

  // Begins to read the next day that has events; false = there is none. A day at a time, so that
  // the server has no more than a day to sort.
  Result<bool> open_day() {
    const Table table = table_of(selection.type);
    MD_TRY(
        const Rows found,
        database->query(fmt::format(
            "SELECT (extract(epoch FROM min(\"timestamp\")) * 1000000)::bigint FROM md.{} WHERE {}"
            " AND {}",
            name(table), stream, sql_range(position, selection.to))));
    if (found.is_null(0, 0)) return false;
    const Micros end = (day_of(found.integer(0, 0)) + 1) * kDay;
    MD_CHECK(database->copy_out(fmt::format(
        "COPY (SELECT {} FROM md.{} WHERE {} AND {} ORDER BY local_timestamp, load_id,"
        " line) TO STDOUT (FORMAT binary)",
        columns(table), name(table), stream, sql_range(position, std::min(end, selection.to)))));
    position = end;
    copying = true;
    header_read = false;
    return true;
  }

  // The next bytes of the COPY into `rest`; false = it has ended, and nothing failed.
  Result<bool> next_piece() {
    auto more = database->copy_out_read(rest);
    copying = more && *more;
    if (!copying) rest = {};
    if (copying && !header_read) {
      header_read = true;
      if (!rest.starts_with(copy_header()))
        return Error{Errc::protocol, "COPY did not begin with its signature"};
      rest.remove_prefix(copy_header().size());
    }
    return more;
  }

  Result<bool> next(Event& event) {
    while (true) {
      while (rest.empty()) {
        if (!copying) {
          MD_TRY(const bool opened, open_day());
          if (!opened) return false;
        }
        MD_CHECK(next_piece());
      }
      event.exchange = selection.exchange;
      event.symbol = selection.symbol;
      if (decoder.next(rows, selection.type, event)) return true;
      if (!rows.ok()) {
        return Error{Errc::malformed, fmt::format("a row of md.{} is not an event ({} '{}')",
                                                  name(table_of(selection.type)),
                                                  selection.exchange, selection.symbol)};
      }
      // The trailer. That the day is whole, the statement's end says.
      rest = {};
    }
  }

  Database* database;
  Selection selection;
  std::string stream;     // the rows of one stream, as a condition
  Micros position;        // days before it were read
  std::string_view rest;  // of the piece last read
  RowReader rows;
  RowDecoder decoder;
  bool copying = false;
  bool header_read = false;
};

Result<Reader> Reader::open(Database& database, const Selection& selection) {
  MD_TRY(const Schema schema, require_schema(database));
  MD_TRY(const std::optional<std::string> stream, sql_stream(database, selection));
  auto state = std::make_unique<State>(database, selection, schema);
  state->stream = stream.value_or("false");
  return Reader(std::move(state));
}

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<bool> Reader::next(Event& event) { return state_->next(event); }

}  // namespace md::store
