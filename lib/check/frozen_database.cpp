#include "check/frozen_database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/day_tables.hpp"
#include "store/retired.hpp"

namespace md::check {
namespace {

constexpr std::string_view kMode = "ISOLATION LEVEL REPEATABLE READ READ ONLY";

}  // namespace

Result<FrozenDatabase> FrozenDatabase::open(const store::ConnectOptions& options) {
  MD_TRY(store::Database keeper, store::Database::connect(options));
  MD_TRY(const store::Schema schema, store::require_schema(keeper));
  MD_TRY(store::Database reader, store::Database::connect(options));
  MD_CHECK(keeper.begin(kMode));
  MD_TRY(const store::Rows rows, keeper.query("SELECT pg_export_snapshot()"));
  std::string snapshot{rows.text(0, 0)};
  // It stands in statements, which take no parameter there.
  if (snapshot.find_first_not_of("0123456789ABCDEF-") != std::string::npos)
    return Error{Errc::internal, fmt::format("unknown kind of snapshot '{}'", snapshot)};
  return FrozenDatabase{std::move(keeper), std::move(reader), std::move(snapshot), schema};
}

Result<store::Database*> FrozenDatabase::begin() {
  MD_CHECK(reader_.begin(kMode));
  MD_CHECK(reader_.execute(fmt::format("SET TRANSACTION SNAPSHOT '{}'", snapshot_)));
  return &reader_;
}

Result<void> FrozenDatabase::end() { return reader_.execute("COMMIT"); }

Result<store::Rows> FrozenDatabase::query(const std::string& sql,
                                          std::span<const store::Parameter> parameters) {
  MD_TRY(store::Database* const database, begin());
  auto rows = database->query(sql, parameters);
  if (!rows) {
    database->abandon();
    return rows;
  }
  MD_CHECK(end());
  return rows;
}

Result<std::vector<Range>> FrozenDatabase::occupied(store::Table table, const Range& range) {
  if (!store::has_instrument(table)) return std::vector{range};
  // What the catalogue says: a look at the rows would lock all it may find some in.
  MD_TRY(store::Database* const database, begin());
  auto days = store::stored_days(*database, schema_, table);
  if (!days) {
    database->abandon();
    return std::move(days).error();
  }
  MD_CHECK(end());
  std::vector<Range> parts;
  for (const Range& part : months(range)) {
    const auto first = std::lower_bound(days->begin(), days->end(), day_of(part.from));
    const bool has_days = first != days->end() && *first * kDay < part.to;
    if (has_days || !store::has_day_table({table, day_of(part.from)})) parts.push_back(part);
  }
  return parts;
}

}  // namespace md::check
