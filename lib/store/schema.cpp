#include "store/schema.hpp"

#include <fmt/format.h>

#include <vector>

#include "store/day_tables.hpp"
#include "store/roles.hpp"
#include "store/timescale.hpp"

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

std::string_view sql_days(Days days) {
  return days == Days::partitions ? "PARTITION BY RANGE (\"timestamp\")" : "";
}

std::string_view shown(Days days) {
  return days == Days::partitions ? "partitions" : "TimescaleDB's hypertables";
}

std::string replaced(std::string_view sql, std::string_view place, std::string_view by) {
  std::string text;
  for (std::size_t at = sql.find(place); at != std::string_view::npos; at = sql.find(place)) {
    text += sql.substr(0, at);
    text += by;
    sql.remove_prefix(at + place.size());
  }
  return text.append(sql);
}

std::string with_choice(std::string_view sql, const Schema& schema) {
  return replaced(replaced(sql, ":number", sql_type(schema.numbers)), ":by_day",
                  sql_days(schema.days));
}

Result<Schema> read_schema(Database& database) {
  MD_TRY(const Rows there, database.query("SELECT to_regclass('md.migration') IS NOT NULL"));
  if (!there.boolean(0, 0)) return Schema{};
  MD_TRY(const Rows rows,
         database.query("SELECT coalesce(max(number), 0), "
                        "(SELECT atttypid = 'double precision'::regtype FROM pg_attribute"
                        "  WHERE attrelid = to_regclass('md.trade') AND attname = 'price'), "
                        "EXISTS (SELECT FROM pg_partitioned_table"
                        "  WHERE partrelid = to_regclass('md.trade')) "
                        "FROM md.migration"));
  return Schema{static_cast<int>(rows.integer(0, 0)),
                rows.boolean(0, 1) ? Numbers::binary : Numbers::exact,
                rows.boolean(0, 2) ? Days::partitions : Days::hypertables};
}

int newest() { return migrations().back().number; }

Error too_new(const Schema& schema) {
  return Error{Errc::config, fmt::format("schema md has version {}, and this program knows only {}",
                                         schema.version, newest())};
}

Result<void> check_choice(const Schema& schema, const Choice& choice) {
  if (choice.numbers && *choice.numbers != schema.numbers) {
    return Error{Errc::config,
                 fmt::format("schema md was created with {} prices, which cannot be changed",
                             sql_type(schema.numbers))};
  }
  if (choice.days && *choice.days != schema.days) {
    return Error{Errc::config, fmt::format("schema md was created with {}, which cannot be changed",
                                           shown(schema.days))};
  }
  return {};
}

Result<void> apply(Database& database, Schema& schema, const std::string& tool_version) {
  for (const Migration& migration : migrations()) {
    if (migration.number <= schema.version) continue;
    MD_CHECK(database.execute(with_choice(migration.sql, schema)));
    const Parameter parameters[] = {std::to_string(migration.number), std::string(migration.name),
                                    tool_version};
    MD_CHECK(database.query(
        "INSERT INTO md.migration (number, name, tool_version) VALUES ($1, $2, $3)", parameters));
    schema.version = migration.number;
  }
  return {};
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

Result<Schema> migrate_locked(Database& database, const Choice& choice,
                              const std::string& tool_version) {
  MD_TRY(Schema schema, read_schema(database));
  if (schema.version > newest()) return too_new(schema);
  const bool created = schema.version == 0;
  if (created) {
    schema.numbers = choice.numbers.value_or(Numbers::exact);
    schema.days = choice.days.value_or(Days::partitions);
    if (schema.days == Days::hypertables) MD_CHECK(require_timescale(database));
    MD_CHECK(database.execute(std::string(kBootstrap)));
  } else {
    MD_CHECK(check_choice(schema, choice));
    if (schema.version < newest()) MD_CHECK(act_as_owner(database));
  }
  MD_CHECK(apply(database, schema, tool_version));
  if (created && schema.days == Days::hypertables) MD_CHECK(make_hypertables(database));
  return schema;
}

}  // namespace

Result<Schema> migrate(Database& database, const Choice& choice, const std::string& tool_version) {
  MD_CHECK(finish_leftovers(database));
  constexpr int kAttempts = 100;  // loaders of the older version may make days all the while
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    MD_CHECK(database.begin());
    auto days = days_in_the_way(database);
    if (days && days->empty()) {
      auto schema = migrate_locked(database, choice, tool_version);
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
