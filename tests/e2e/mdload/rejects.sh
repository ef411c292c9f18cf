# Bad lines are told and kept, the good ones of the same batch are loaded, and the exit code tells the truth.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

time='"timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"}'
long=$(awk 'BEGIN { for (i = 0; i < 1001; ++i) printf "x" }')
{
  echo 'garbage, and the first line'
  trades 3 2026-11-20
  echo '{"type":"trade","symbol":"B\u0000C","exchange":"binance","price":1,"amount":1,"side":"buy",'"$time"
  trades 3 2026-11-21
  echo '{"type":"trade","symbol":"'"$long"'","exchange":"binance","price":1,"amount":1,"side":"buy",'"$time"
  echo
  printf '{"type":"trade","symbol":"\377","exchange":"binance","price":1,"amount":1,"side":"buy",%s\n' "$time"
  echo '{"type":"trade_bar","symbol":"B","exchange":"binance"}'
  trades 1 2026-11-22
} >bad.ndjson
mdload --init --dsn "$dsn"

code=0
mdload --dsn "$dsn" --strict bad.ndjson 2>strict.log || code=$?
echo "strict: $code, $(sql 'SELECT count(*) FROM md.trade') rows"
cat strict.log

code=0
mdload --dsn "$dsn" --rejects kept bad.ndjson || code=$?
echo "exit: $code, $(sql 'SELECT count(*) FROM md.trade') rows"
sql 'SELECT rows, rejected FROM md.load'
grep -c . kept
head -n 1 kept
paste kept.reasons kept | cut -c 1-80 | grep -a 'NUL\|trade_bar'

# What is torn is lost, what stands before it is not.
trades 20000 2026-11-23 | zstd -q >whole.zst
head -c "$(($(wc -c <whole.zst) - 100))" whole.zst >torn.ndjson.zst
code=0
mdload -q --dsn "$dsn" torn.ndjson.zst || code=$?
echo "torn: $code, $(sql "SELECT count(*) > 10000 FROM md.trade WHERE \"timestamp\" >= '2026-11-23'")"

# An empty file is loaded too, once.
: >empty.ndjson
mdload --dsn "$dsn" empty.ndjson
sql "SELECT rows FROM md.load WHERE name LIKE '%empty.ndjson'"
