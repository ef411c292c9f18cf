# Many at once: on the same file one loads and the others find it loaded; on files of the same new days no partition and
# no instrument is in the way of another.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

# --init at once too.
mdload --init --dsn "$dsn" & first=$!
mdload --init --dsn "$dsn" & second=$!
wait "$first"
wait "$second"
sql 'SELECT min(number) FROM md.migration'

trades 5000 2026-11-20 >same.ndjson
hold_ledger
mdload -v --dsn "$dsn" same.ndjson 2>first.log & first=$!
mdload -v --dsn "$dsn" same.ndjson 2>second.log & second=$!
wait_for_loaders 2
release
wait "$first"
wait "$second"
sort first.log second.log
sql 'SELECT count(*) FROM md.trade'

for number in 1 2 3 4; do
  for day in 21 22 23 24; do trades 500 "2026-11-$day" "S$number"; trades 500 "2026-11-$day" S; done >"$number.ndjson"
done
loaders=
for number in 1 2 3 4; do
  mdload --dsn "$dsn" "$number.ndjson" &
  loaders="$loaders $!"
done
for loader in $loaders; do wait "$loader"; done
sql "SELECT symbol, count(*) FROM md.trades WHERE symbol <> 'BTCUSDT' GROUP BY 1 ORDER BY 1"
sql 'SELECT count(*), min(symbol) FROM md.instrument GROUP BY symbol HAVING count(*) > 1'
sql "SELECT count(*) FROM pg_inherits WHERE inhparent = 'md.trade'::regclass"
