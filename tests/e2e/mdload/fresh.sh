# A new day's table is filled, then indexed and attached: whoever is killed in between leaves it to the next run, whichever
# that is, and no row is lost or doubled.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
count() { sql 'SELECT count(*), count(DISTINCT (id, "timestamp")) FROM md.trade'; }
fresh() { sql "SELECT count(*) FROM pg_constraint WHERE conname = 'md_fresh'"; }
indexes() { sql "SELECT count(*) FROM pg_index WHERE indrelid = 'md.trade_$1'::regclass AND indisvalid"; }
# What ATTACH needs; the COMMIT of the file comes before it.
hold_attach() { hold 'LOCK TABLE md.trade IN SHARE UPDATE EXCLUSIVE MODE'; }
killed_before_attach() {
  hold_attach
  mdload --dsn "$dsn" "$@" &
  loader=$!
  wait_for_loaders 1
  kill -s KILL "$loader"
  wait "$loader" 2>/dev/null || echo "killed: $?"
  release
  wait_until "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'mdtools'"
}

mdload --init --dsn "$dsn"
trades 5000 2026-11-20 >a.ndjson
trades 10 2026-11-21 >>a.ndjson
killed_before_attach a.ndjson
echo "ledger $(sql 'SELECT rows FROM md.load'), to be seen $(count), fresh $(fresh)"
sql 'SELECT count(*) FROM md.trade_20261120'
mdload --init --dsn "$dsn"
echo "ledger $(sql 'SELECT rows FROM md.load'), to be seen $(count), fresh $(fresh), indexes $(indexes 20261120)"
mdload --dsn "$dsn" a.ndjson
count
sql "SELECT reltuples FROM pg_class WHERE oid = 'md.trade_20261120'::regclass"

# A run that has another file to load.
trades 100 2026-11-22 >b.ndjson
trades 100 2026-11-23 >c.ndjson
killed_before_attach b.ndjson
mdload --dsn "$dsn" c.ndjson
echo "$(count), fresh $(fresh)"

# Somebody writes to a day that was left, so it stays: what is replaced is taken out of it all the same, and it is attached
# when they are done.
trades 100 2026-11-24 >d.ndjson
killed_before_attach d.ndjson
trades 70 2026-11-24 >d.ndjson
hold 'LOCK TABLE md.trade_20261124 IN ROW EXCLUSIVE MODE'
mdload -v --dsn "$dsn" --replace d.ndjson 2>log &
loader=$!
wait_for_loaders 1
sql 'SELECT count(*) FROM md.trade_20261124'
release
wait "$loader"
cat log
echo "$(count), fresh $(fresh)"

# A pipe, which may stay open for long, fills no table that others would wait for.
trades 100 2026-11-25 | mdload --dsn "$dsn" &
trades 100 2026-11-25 S >e.ndjson
mdload --dsn "$dsn" e.ndjson
wait
echo "$(count), fresh $(fresh)"

# More days than there are batches for, line by line.
for day in 01 02 03 04 05 06; do trades 200 "2026-12-$day"; done | awk '{ line[NR] = $0 }
  END { for (i = 1; i <= 200; ++i) for (day = 0; day < 6; ++day) print line[day * 200 + i] }' >mixed.ndjson
mdload --dsn "$dsn" mixed.ndjson
sql "SELECT tableoid::regclass, count(*), min(line), max(line) FROM md.trade WHERE \"timestamp\" >= '2026-12-01' GROUP BY 1 ORDER BY 1"
# Late rows go where the day is.
trades 50 2026-12-03 LATE >late.ndjson
mdload --dsn "$dsn" late.ndjson
sql "SELECT count(*) FROM md.trade_20261203"
# A table that is none of ours in the place of a day.
sql 'CREATE TABLE md.trade_20270101 (LIKE md.trade)'
trades 1 2027-01-01 >f.ndjson
mdload --dsn "$dsn" f.ndjson || echo "exit: $?"
sql 'SELECT count(*), sum(rows) FILTER (WHERE replaced_by IS NULL) FROM md.load'
count
