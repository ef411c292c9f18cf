#include "store/schema.hpp"

#include <fmt/format.h>

#include <vector>

#include "store/day_tables.hpp"

namespace md::store {
namespace {

// Any number that no other program's lock is likely to have: "md" and what it is for.
constexpr std::string_view kMigrationLock = "SELECT pg_advisory_xact_lock(28004, 0)";

constexpr std::string_view kBootstrap = R"sql(
CREATE SCHEMA IF NOT EXISTS md;
COMMENT ON SCHEMA md IS 'Market data: events, instruments and the ledger of what was loaded.';
CREATE TABLE IF NOT EXISTS md.migration (
  number       integer PRIMARY KEY,
  name         text NOT NULL,
  tool_version text NOT NULL,
  applied_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE md.migration IS 'Which migrations were applied.';
COMMENT ON COLUMN md.migration.number IS 'They are applied in this order, each once.';
COMMENT ON COLUMN md.migration.name IS 'Of the SQL file.';
COMMENT ON COLUMN md.migration.tool_version IS 'Program and version that applied it.';
COMMENT ON COLUMN md.migration.applied_at IS 'When.';
)sql";

std::string_view sql_type(Numbers numbers) {
  return numbers == Numbers::exact ? "numeric" : "double precision";
}

std::string with_numbers(std::string_view sql, Numbers numbers) {
  constexpr std::string_view kPlace = ":number";
  std::string text;
  for (std::size_t at = sql.find(kPlace); at != std::string_view::npos; at = sql.find(kPlace)) {
    text += sql.substr(0, at);
    text += sql_type(numbers);
    sql.remove_prefix(at + kPlace.size());
  }
  return text.append(sql);
}

Result<Schema> read_schema(Database& database) {
  MD_TRY(const Rows there, database.query("SELECT to_regclass('md.migration') IS NOT NULL"));
  if (!there.boolean(0, 0)) return Schema{};
  MD_TRY(const Rows rows,
         database.query("SELECT coalesce(max(number), 0), "
                        "(SELECT atttypid = 'double precision'::regtype FROM pg_attribute"
                        "  WHERE attrelid = to_regclass('md.trade') AND attname = 'price') "
                        "FROM md.migration"));
  return Schema{static_cast<int>(rows.integer(0, 0)),
                rows.boolean(0, 1) ? Numbers::binary : Numbers::exact};
}

int newest() { return migrations().back().number; }

Error too_new(const Schema& schema) {
  return Error{Errc::config, fmt::format("schema md has version {}, and this program knows only {}",
                                         schema.version, newest())};
}

// Days that are not attached would miss what a migration does to the table. Those there are, while
// nobody makes more; none if no migration is to come.
Result<std::vector<DayTable>> days_in_the_way(Database& database) {
  MD_CHECK(database.execute(std::string(kMigrationLock)));
  MD_TRY(const Schema schema, read_schema(database));
  if (schema.version == 0 || schema.version >= newest()) return std::vector<DayTable>{};
  MD_CHECK(lock_days(database));
  return fresh_days(database);
}

Result<Schema> migrate_locked(Database& database, std::optional<Numbers> numbers,
                              const std::string& tool_version) {
  MD_TRY(Schema schema, read_schema(database));
  if (schema.version > newest()) return too_new(schema);
  if (schema.version == 0) {
    MD_CHECK(database.execute(std::string(kBootstrap)));
    schema.numbers = numbers.value_or(Numbers::exact);
  } else if (numbers && *numbers != schema.numbers) {
    return Error{Errc::config,
                 fmt::format("schema md was created with {} prices, which cannot be changed",
                             sql_type(schema.numbers))};
  }
  for (const Migration& migration : migrations()) {
    if (migration.number <= schema.version) continue;
    MD_CHECK(database.execute(with_numbers(migration.sql, schema.numbers)));
    const Parameter parameters[] = {std::to_string(migration.number), std::string(migration.name),
                                    tool_version};
    MD_CHECK(database.query(
        "INSERT INTO md.migration (number, name, tool_version) VALUES ($1, $2, $3)", parameters));
    schema.version = migration.number;
  }
  return schema;
}

}  // namespace

Result<Schema> migrate(Database& database, std::optional<Numbers> numbers,
                       const std::string& tool_version) {
  MD_CHECK(finish_leftovers(database));
  constexpr int kAttempts = 100;  // loaders of the older version may make days all the while
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    MD_CHECK(database.begin());
    auto days = days_in_the_way(database);
    if (days && days->empty()) {
      auto schema = migrate_locked(database, numbers, tool_version);
      if (schema) MD_CHECK(database.execute("COMMIT"));
      database.abandon();
      return schema;
    }
    database.abandon();
    if (!days) return std::move(days).error();
    for (const DayTable& day : *days) MD_CHECK(finish_day(database, day));
  }
  return Error{Errc::temporary, "cannot migrate: new days are loaded all the while"};
}

Result<Schema> require_schema(Database& database) {
  MD_TRY(const Schema schema, read_schema(database));
  if (schema.version == 0)
    return Error{Errc::config, "database has no schema md: create it with 'mdload --init'"};
  if (schema.version > newest()) return too_new(schema);
  if (schema.version < newest()) {
    return Error{Errc::config,
                 fmt::format("schema md has version {} and must have {}: run 'mdload --init'",
                             schema.version, newest())};
  }
  return schema;
}

}  // namespace md::store
