#include "store/timescale.hpp"

#include <fmt/format.h>

#include "store/tables.hpp"

namespace md::store {
namespace {

// Rows of an instrument are compressed together, by time, so that a query for some minutes opens
// few of them. A day that is complete is rarely added to after three more.
constexpr std::string_view kHypertable = R"sql(
SELECT create_hypertable('md.{0}', 'timestamp', chunk_time_interval => interval '1 day',
                         create_default_indexes => false);
ALTER TABLE md.{0} SET (timescaledb.compress, timescaledb.compress_segmentby = 'instrument_id',
                        timescaledb.compress_orderby = '"timestamp", local_timestamp, load_id, line');
SELECT add_compression_policy('md.{0}', interval '3 days');
)sql";

// The same columns as in the table that it replaces, and the same view over them.
constexpr std::string_view kBars = R"sql(
CREATE TEMPORARY TABLE bars_before ON COMMIT DROP AS
SELECT pg_get_viewdef('md.bars_1m'::regclass) AS view,
       obj_description('md.bars_1m'::regclass, 'pg_class') AS view_comment,
       obj_description('md.bar_1m'::regclass, 'pg_class') AS comment,
       ARRAY(SELECT format('COMMENT ON COLUMN md.bar_1m.%I IS %L', attname,
                           col_description(attrelid, attnum))
             FROM pg_attribute WHERE attrelid = 'md.bar_1m'::regclass AND attnum > 0
               AND NOT attisdropped ORDER BY attnum) AS column_comments;
DROP FUNCTION md.fill_bars_1m(date);
DROP VIEW md.bars_1m;
DROP TABLE md.bar_1m;

CREATE MATERIALIZED VIEW md.bar_1m
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket('1 minute', t."timestamp") AS open_timestamp, count(*) AS trades, t.instrument_id,
       (array_agg(t.price ORDER BY t."timestamp", t.local_timestamp, t.load_id, t.line))[1] AS open,
       max(t.price) AS high, min(t.price) AS low,
       (array_agg(t.price ORDER BY t."timestamp", t.local_timestamp, t.load_id, t.line))[count(*)]
         AS close,
       sum(t.amount) AS volume,
       coalesce(sum(t.amount) FILTER (WHERE t.side = 'buy'), 0) AS buy_volume,
       coalesce(sum(t.amount) FILTER (WHERE t.side = 'sell'), 0) AS sell_volume,
       sum(t.price * t.amount) / nullif(sum(t.amount), 0) AS vwap
FROM md.trade t
GROUP BY 1, t.instrument_id
WITH NO DATA;
SELECT add_continuous_aggregate_policy('md.bar_1m', start_offset => interval '3 days',
                                       end_offset => interval '1 hour',
                                       schedule_interval => interval '1 hour');

DO $$
DECLARE
  before record;
  statement text;
BEGIN
  SELECT * INTO before FROM bars_before;
  EXECUTE format('COMMENT ON VIEW md.bar_1m IS %L', before.comment);
  FOREACH statement IN ARRAY before.column_comments LOOP EXECUTE statement; END LOOP;
  EXECUTE 'CREATE VIEW md.bars_1m AS ' || before.view;
  EXECUTE format('COMMENT ON VIEW md.bars_1m IS %L', before.view_comment);
END
$$;
)sql";

}  // namespace

Result<void> require_timescale(Database& database) {
  MD_TRY(const Rows rows,
         database.query("SELECT split_part(current_setting('server_version'), ' ', 1),"
                        " EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb'),"
                        " EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')"));
  if (!rows.boolean(0, 1)) {
    return Error{Errc::config,
                 fmt::format("TimescaleDB is not installed on the server (PostgreSQL {}): it needs "
                             "the extension 'timescaledb', and the setting "
                             "shared_preload_libraries = 'timescaledb'",
                             rows.text(0, 0))};
  }
  if (!rows.boolean(0, 2)) {
    if (auto made = database.execute("CREATE EXTENSION timescaledb"); !made) {
      return Error{Errc::config,
                   "cannot make the extension 'timescaledb': " + made.error().message};
    }
  }
  MD_TRY(const Rows edition, database.query("SELECT current_setting('timescaledb.license', true)"));
  if (edition.text(0, 0) != "apache") return {};
  return Error{Errc::config,
               "TimescaleDB on the server is its Apache edition, which neither compresses nor has "
               "continuous aggregates"};
}

Result<void> make_hypertables(Database& database) {
  for (const Table table : kAllTables) {
    if (has_instrument(table))
      MD_CHECK(database.execute(fmt::format(fmt::runtime(kHypertable), name(table))));
  }
  return database.execute(std::string(kBars));
}

}  // namespace md::store
