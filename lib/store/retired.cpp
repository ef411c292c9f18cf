#include "store/retired.hpp"

#include <fmt/format.h>

#include "base/time.hpp"

namespace md::store {
namespace {

// "md.trade_20261120": of our own names and an integer, never of text from data.
std::string partition_name(Table table, std::int64_t day) {
  std::string date = date_text(day);
  std::erase(date, '-');
  return fmt::format("md.{}_{}", name(table), date);
}

// The table first, as whoever attaches a partition does; and only it, not its other partitions.
// Loads that write to the day are waited for, and what they wrote is then in the ledger.
Result<void> lock_day(Database& database, const Schema& schema, Table table, std::int64_t day) {
  std::string sql = fmt::format(
      "SET LOCAL lock_timeout = '3s'; LOCK TABLE ONLY md.{} IN ACCESS EXCLUSIVE MODE", name(table));
  if (schema.days == Days::partitions)
    sql += fmt::format("; LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", partition_name(table, day));
  return database.execute(sql);
}

Result<void> drop_day(Database& database, const Schema& schema, Table table, std::int64_t day) {
  if (schema.days == Days::partitions) {
    return database.execute(fmt::format("ALTER TABLE md.{0} DETACH PARTITION {1}; DROP TABLE {1}",
                                        name(table), partition_name(table, day)));
  }
  return database.execute(
      fmt::format("SELECT drop_chunks('md.{}', older_than => '{} 00:00:00Z'::timestamptz,"
                  " newer_than => '{} 00:00:00Z'::timestamptz)",
                  name(table), date_text(day + 1), date_text(day)));
}

Result<void> retire_locked(Database& database, const Schema& schema, Table table, std::int64_t day,
                           const std::string& ledger, std::span<const RetiredTo> archives,
                           const std::string& tool_version) {
  MD_CHECK(database.begin());
  MD_CHECK(lock_day(database, schema, table, day));
  MD_TRY(const std::string now, ledger_of_day(database, day));
  if (now != ledger) return Error{Errc::temporary, "events were loaded or taken out meanwhile"};
  for (const RetiredTo& to : archives) {
    const Parameter parameters[] = {std::string(name(table)),  date_text(day),
                                    storable_text(to.archive), to_hex(to.sha256),
                                    std::to_string(to.rows),   tool_version};
    MD_CHECK(database.query(
        "INSERT INTO md.retired (table_name, day, archive, sha256, rows, tool_version)"
        " VALUES ($1, $2::date, $3, decode($4, 'hex'), $5, $6)",
        parameters));
  }
  MD_CHECK(drop_day(database, schema, table, day));
  return database.execute("COMMIT");
}

}  // namespace

Result<std::optional<std::string>> retired_to(Database& database, Table table, std::int64_t day) {
  const Parameter parameters[] = {std::string(name(table)), date_text(day)};
  MD_TRY(const Rows rows,
         database.query("SELECT archive FROM md.retired WHERE table_name = $1 AND day = $2::date"
                        " ORDER BY archive LIMIT 1",
                        parameters));
  if (rows.size() == 0) return std::optional<std::string>{};
  return std::optional(std::string(rows.text(0, 0)));
}

Result<void> refuse_retired(Database& database, Table table, std::int64_t day) {
  MD_TRY(const std::optional<std::string> archive, retired_to(database, table, day));
  if (!archive) return {};
  return Error{Errc::exists, fmt::format("md.{} of {} is retired to archive '{}'", name(table),
                                         date_text(day), *archive)};
}

Result<std::vector<std::int64_t>> stored_days(Database& database, const Schema& schema,
                                              Table table) {
  const Parameter parameters[] = {std::string(name(table))};
  MD_TRY(const Rows rows,
         database.query(
             schema.days == Days::partitions
                 ? "SELECT to_date(right(relname, 8), 'YYYYMMDD') - date '1970-01-01'"
                   " FROM pg_inherits JOIN pg_class ON oid = inhrelid"
                   " WHERE inhparent = ('md.' || $1)::regclass AND relname ~ ('^' || $1 || "
                   "'_[0-9]{8}$') ORDER BY 1"
                 : "SELECT (range_start AT TIME ZONE 'UTC')::date - date '1970-01-01'"
                   " FROM timescaledb_information.chunks"
                   " WHERE hypertable_schema = 'md' AND hypertable_name = $1"
                   " AND range_start >= '2009-01-01Z' AND range_end < '2100-01-01Z' ORDER BY 1",
             parameters));
  std::vector<std::int64_t> days;
  days.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) days.push_back(rows.integer(row, 0));
  return days;
}

Result<std::vector<Stream>> streams_of_day(Database& database, Table table, std::int64_t day) {
  MD_TRY(const Rows rows,
         database.query(fmt::format(
             "SELECT exchange, symbol, n FROM md.instrument JOIN (SELECT instrument_id, count(*) n"
             "  FROM md.{} WHERE \"timestamp\" >= '{} 00:00:00Z' AND \"timestamp\" < '{} 00:00:00Z'"
             "  GROUP BY 1) c ON instrument_id = id ORDER BY exchange, symbol",
             name(table), date_text(day), date_text(day + 1))));
  std::vector<Stream> streams;
  streams.reserve(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    streams.push_back({static_cast<Type>(table), std::string(rows.text(row, 0)),
                       std::string(rows.text(row, 1)),
                       static_cast<std::uint64_t>(rows.integer(row, 2))});
  }
  return streams;
}

Result<std::string> ledger_of_day(Database& database, std::int64_t day) {
  const Parameter parameters[] = {date_text(day), date_text(day + 1)};
  MD_TRY(const Rows rows,
         database.query("SELECT md5(coalesce(string_agg(l::text, ';' ORDER BY id), ''))"
                        " FROM md.load l WHERE last_timestamp >= ($1 || ' 00:00:00Z')::timestamptz"
                        " AND first_timestamp < ($2 || ' 00:00:00Z')::timestamptz",
                        parameters));
  return std::string(rows.text(0, 0));
}

Result<void> retire_day(Database& database, const Schema& schema, Table table, std::int64_t day,
                        const std::string& ledger, std::span<const RetiredTo> archives,
                        const std::string& tool_version) {
  auto done = retire_locked(database, schema, table, day, ledger, archives, tool_version);
  if (!done) database.abandon();
  return done;
}

}  // namespace md::store
