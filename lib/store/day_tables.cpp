#include "store/day_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/time.hpp"
#include "store/retired.hpp"
#include "store/roles.hpp"

namespace md::store {
namespace {

// 2009-01-01 to 2099-12-31: what the first migration leaves between its two partitions.
constexpr std::int64_t kFirstDay = 14'245;
constexpr std::int64_t kEndDay = 47'482;

constexpr std::string_view kDaysLock = "SELECT pg_advisory_xact_lock(28004, 1)";

// As day_table_name() writes it, without the schema.
std::optional<DayTable> parse_name(std::string_view text) {
  constexpr std::size_t kDigits = 8;
  const std::size_t bar = text.rfind('_');
  if (bar == std::string_view::npos || text.size() - bar - 1 != kDigits) return std::nullopt;
  const std::string_view digits = text.substr(bar + 1);
  const auto day = parse_date(
      fmt::format("{}-{}-{}", digits.substr(0, 4), digits.substr(4, 2), digits.substr(6, 2)));
  const auto* const table =
      std::find_if(kAllTables.begin(), kAllTables.end(),
                   [&](Table candidate) { return name(candidate) == text.substr(0, bar); });
  if (!day || table == kAllTables.end()) return std::nullopt;
  return DayTable{*table, *day};
}

// Rolls back what failed, and says what it was about.
Result<void> in_transaction(Database& database, std::string_view what, const DayTable& day,
                            Result<void> (*work)(Database&, const DayTable&, bool), bool wait) {
  MD_CHECK(database.begin());
  auto done = work(database, day, wait);
  if (done) return database.execute("COMMIT");
  database.abandon();
  if (done.error().code == Errc::exists) return done;  // it names the day itself
  done.error().message =
      fmt::format("cannot {} partition {}: {}", what, day_table_name(day), done.error().message);
  return done;
}

Result<void> make(Database& database, const DayTable& day, bool) {
  MD_CHECK(lock_days(database));
  MD_TRY(const DayState state, day_state(database, day));
  if (state != DayState::missing) return {};
  MD_CHECK(refuse_retired(database, day.table, day.day));
  MD_CHECK(act_as_owner(database));
  return database.execute(fmt::format(
      "CREATE TABLE {0} (LIKE md.{1} INCLUDING ALL EXCLUDING INDEXES,"
      " CONSTRAINT md_fresh CHECK (\"timestamp\" >= '{2} 00:00:00Z' AND"
      " \"timestamp\" < '{3} 00:00:00Z'));"
      "COMMENT ON TABLE {0} IS 'md.{1} of {2} (UTC).'",
      day_table_name(day), name(day.table), date_text(day.day), date_text(day.day + 1)));
}

// Before ATTACH would build them: that locks the whole table, and no two days could be indexed at
// once.
Result<void> build_indexes(Database& database, const DayTable& day) {
  const Parameter parameters[] = {day_table_name(day), fmt::format("md.{}", name(day.table))};
  MD_TRY(const Rows statements,
         database.query("SELECT format('CREATE %sINDEX ON %s %s',"
                        " CASE WHEN indisunique THEN 'UNIQUE ' ELSE '' END, $1::text,"
                        " substring(pg_get_indexdef(indexrelid) FROM ' (USING .*)$'))"
                        " FROM pg_index WHERE indrelid = to_regclass($2) ORDER BY indexrelid",
                        parameters));
  for (int row = 0; row < statements.size(); ++row)
    MD_CHECK(database.execute(std::string(statements.text(row, 0))));
  return {};
}

Result<void> finish(Database& database, const DayTable& day, bool wait) {
  MD_TRY(const DayState before, day_state(database, day));
  if (before != DayState::fresh) return {};
  const std::string partition = day_table_name(day);
  MD_CHECK(database.execute(fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE{}", partition,
                                        wait ? "" : " NOWAIT")));
  MD_TRY(const DayState now, day_state(database, day));  // another one may have finished it
  if (now != DayState::fresh) return {};
  MD_CHECK(build_indexes(database, day));
  return database.execute(
      fmt::format("ANALYZE {0};"
                  "ALTER TABLE md.{1} ATTACH PARTITION {0} FOR VALUES FROM ('{2} 00:00:00Z') TO "
                  "('{3} 00:00:00Z');"
                  "ALTER TABLE {0} DROP CONSTRAINT md_fresh",
                  partition, name(day.table), date_text(day.day), date_text(day.day + 1)));
}

}  // namespace

bool has_day_table(const DayTable& day) {
  return has_instrument(day.table) && day.day >= kFirstDay && day.day < kEndDay;
}

std::string day_table_name(const DayTable& day) {
  const std::string date = date_text(day.day);
  return fmt::format("md.{}_{}{}{}", name(day.table), date.substr(0, 4), date.substr(5, 2),
                     date.substr(8, 2));
}

Result<DayState> day_state(Database& database, const DayTable& day) {
  const Parameter parameters[] = {day_table_name(day)};
  MD_TRY(const Rows rows,
         database.query("SELECT relispartition, EXISTS (SELECT 1 FROM pg_constraint"
                        "  WHERE conrelid = c.oid AND conname = 'md_fresh')"
                        " FROM pg_class c WHERE oid = to_regclass($1)",
                        parameters));
  if (rows.size() == 0) return DayState::missing;
  if (rows.boolean(0, 0)) return DayState::attached;
  if (rows.boolean(0, 1)) return DayState::fresh;
  return Error{Errc::exists, fmt::format("table {} is there and is no partition of md.{}",
                                         day_table_name(day), name(day.table))};
}

Result<std::vector<DayTable>> fresh_days(Database& database) {
  MD_TRY(const Rows rows,
         database.query("SELECT relname FROM pg_constraint JOIN pg_class c ON c.oid = conrelid"
                        " WHERE conname = 'md_fresh' AND relnamespace = to_regnamespace('md')"
                        " AND NOT relispartition ORDER BY relname"));
  std::vector<DayTable> days;
  for (int row = 0; row < rows.size(); ++row) {
    if (const auto day = parse_name(rows.text(row, 0))) days.push_back(*day);
  }
  return days;
}

Result<void> lock_days(Database& database) { return database.execute(std::string(kDaysLock)); }

Result<void> make_day(Database& database, const DayTable& day) {
  return in_transaction(database, "make", day, make, true);
}

Result<void> finish_day(Database& database, const DayTable& day, bool wait) {
  return in_transaction(database, "attach", day, finish, wait);
}

Result<void> finish_leftovers(Database& database) {
  MD_TRY(const std::vector<DayTable> days, fresh_days(database));
  for (const DayTable& day : days) {
    auto finished = finish_day(database, day, false);
    if (!finished && finished.error().code != Errc::temporary) return finished;
  }
  return {};
}

}  // namespace md::store
