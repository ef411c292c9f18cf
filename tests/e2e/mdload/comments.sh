# Every table, view, column, type and function of the schema explains itself, partitions too; and a new column, or one
# with a constant default, leaves the old partitions' files alone.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

mdload --init --dsn "$dsn"
for day in 20 21 22; do trades 100 "2026-11-$day"; done | mdload --dsn "$dsn"
bare() {
  # Columns of a partition are those of its table; of a view, those of the tables that it joins.
  sql "SELECT 'table', c.relname FROM pg_class c
       WHERE relnamespace = 'md'::regnamespace AND relkind IN ('r', 'p', 'v') AND obj_description(c.oid, 'pg_class') IS NULL
       UNION ALL
       SELECT 'column', c.relname || '.' || attname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid
       WHERE relnamespace = 'md'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0
         AND NOT attisdropped AND coalesce(col_description(c.oid, attnum), '') = ''
       UNION ALL
       SELECT 'type', typname FROM pg_type WHERE typnamespace = 'md'::regnamespace AND typtype = 'e'
         AND obj_description(oid, 'pg_type') IS NULL
       UNION ALL
       SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'md'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
       ORDER BY 1, 2"
}
bare
sql 'CREATE TABLE md.unexplained (x integer)'
bare
sql 'DROP TABLE md.unexplained'
sql "SELECT count(*) FROM pg_description WHERE objoid = 'md.trade_20261121'::regclass AND objsubid > 0"

# As a migration does it: on the table, for all its partitions.
files() { sql "SELECT relname, relfilenode FROM pg_class WHERE relname LIKE 'trade\\_2026%' AND relkind = 'r' ORDER BY 1"; }
files >before
sql 'ALTER TABLE md.trade ADD COLUMN liquidation boolean, ADD COLUMN venue_fee numeric DEFAULT 0.25'
files | diff before -
sql 'SELECT count(*), count(liquidation), sum(venue_fee) FROM md.trade'
# One whose default differs by row does rewrite them: such a migration is not to be written.
sql "ALTER TABLE md.trade ADD COLUMN stamp timestamptz DEFAULT clock_timestamp()"
files | diff before - | grep -c '^>'
