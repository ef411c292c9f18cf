#include "store/catalog.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/time.hpp"
#include "store/retired.hpp"
#include "store/roles.hpp"

namespace md::store {
namespace {

// The days that have partitions of their own: 2009-01-01 to 2099-12-31. What lies outside goes into
// the two partitions of the first migration.
constexpr std::int64_t kFirstDay = 14'245;
constexpr std::int64_t kEndDay = 47'482;

constexpr std::string_view kPartitionLock = "SELECT pg_advisory_xact_lock(28004, 1)";

// "md.trade_20261120": of our own names and an integer, never of text from data.
std::string partition_name(Table table, std::int64_t day) {
  const std::string date = date_text(day);
  return fmt::format("md.{}_{}{}{}", name(table), date.substr(0, 4), date.substr(5, 2),
                     date.substr(8, 2));
}

}  // namespace

Result<Database*> Catalog::database() {
  if (!database_) {
    MD_TRY(Database connected, Database::connect(options_));
    database_.emplace(std::move(connected));
  }
  return &*database_;
}

Result<std::optional<std::int32_t>> Catalog::find_instrument(std::string_view exchange,
                                                             std::string_view symbol) {
  MD_TRY(Database* const db, database());
  const Parameter names[] = {std::string(exchange), std::string(symbol)};
  MD_TRY(const Rows rows,
         db->query("SELECT id FROM md.instrument WHERE exchange = $1 AND symbol = $2", names));
  if (rows.size() == 0) return std::optional<std::int32_t>{};
  return std::optional{static_cast<std::int32_t>(rows.integer(0, 0))};
}

Result<std::int32_t> Catalog::instrument(std::string_view exchange, std::string_view symbol) {
  key_.assign(exchange).append(1, '\0').append(symbol);
  if (const auto known = instruments_.find(key_); known != instruments_.end()) return known->second;

  MD_TRY(std::optional<std::int32_t> id, find_instrument(exchange, symbol));
  if (!id) {
    MD_TRY(Database* const db, database());
    const Parameter names[] = {std::string(exchange), std::string(symbol)};
    MD_CHECK(db->query(
        "INSERT INTO md.instrument (exchange, symbol) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        names));
    MD_TRY(id, find_instrument(exchange, symbol));
    if (!id)
      return Error{Errc::internal,
                   fmt::format("instrument '{}' of '{}' cannot be stored", symbol, exchange)};
  }
  instruments_.emplace(key_, *id);
  return *id;
}

Result<bool> Catalog::has_partition(const std::string& partition) {
  MD_TRY(Database* const db, database());
  const Parameter names[] = {partition};
  MD_TRY(const Rows rows,
         db->query("SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass($1)", names));
  return rows.size() != 0;
}

Result<void> Catalog::create_partition(Table table, std::int64_t day,
                                       const std::string& partition) {
  MD_TRY(Database* const db, database());
  MD_CHECK(db->execute(std::string(kPartitionLock)));
  MD_TRY(const bool made_meanwhile, has_partition(partition));
  if (made_meanwhile) return {};
  MD_CHECK(act_as_owner(*db));
  // Attached, not created in place: that would wait for every load and query of the table, and they
  // for it.
  return db->execute(
      fmt::format("CREATE TABLE {0} (LIKE md.{1} INCLUDING ALL);"
                  "COMMENT ON TABLE {0} IS 'md.{1} of {2} (UTC).';"
                  "ALTER TABLE md.{1} ATTACH PARTITION {0} FOR VALUES FROM ('{2} 00:00:00Z') TO "
                  "('{3} 00:00:00Z')",
                  partition, name(table), date_text(day), date_text(day + 1)));
}

Result<bool> Catalog::ensure_day(Table table, std::int64_t day) {
  if (!has_instrument(table) || day < kFirstDay || day >= kEndDay) return false;
  auto& known = days_[static_cast<std::size_t>(table)];
  if (known.contains(day)) return false;
  MD_TRY(Database* const db, database());
  if (kept_by_ == Days::hypertables) {
    MD_CHECK(refuse_retired(*db, table, day));
    known.insert(day);
    return false;
  }

  const std::string partition = partition_name(table, day);
  MD_TRY(const bool there, has_partition(partition));
  if (!there) {
    MD_CHECK(refuse_retired(*db, table, day));
    MD_CHECK(db->execute("BEGIN ISOLATION LEVEL READ COMMITTED"));
    auto created = create_partition(table, day, partition);
    if (!created) {
      db->abandon();
      created.error().message =
          fmt::format("cannot make partition {}: {}", partition, created.error().message);
      return std::move(created).error();
    }
    MD_CHECK(db->execute("COMMIT"));
  }
  known.insert(day);
  return true;
}

}  // namespace md::store
