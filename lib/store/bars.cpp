#include "store/bars.hpp"

#include <span>

#include "base/time.hpp"
#include "store/retired.hpp"

namespace md::store {
Result<std::uint64_t> fill_bars(Database& database, const Schema& schema, std::int64_t day) {
  const Parameter parameters[] = {date_text(day), date_text(day + 1)};
  MD_CHECK(refuse_retired(database, Table::trade, day));
  const std::span<const Parameter> both = parameters;
  if (schema.days == Days::hypertables) {
    MD_CHECK(
        database.query("CALL refresh_continuous_aggregate('md.bar_1m', $1::timestamptz,"
                       " $2::timestamptz)",
                       both));
    MD_TRY(const Rows rows,
           database.query("SELECT count(*) FROM md.bar_1m WHERE open_timestamp >= $1::timestamptz"
                          " AND open_timestamp < $2::timestamptz",
                          both));
    return static_cast<std::uint64_t>(rows.integer(0, 0));
  }
  MD_CHECK(database.begin());
  auto rows = database.query("SELECT md.fill_bars_1m($1::date)", both.first(1));
  if (!rows) {
    database.abandon();
    return std::move(rows).error();
  }
  MD_CHECK(database.execute("COMMIT"));
  return static_cast<std::uint64_t>(rows->integer(0, 0));
}

}  // namespace md::store
