# A night whose day is old enough to leave the database: it goes once its archives are verified here, and read back where they
# were sent. The night after finds nothing to do, and misses nothing.
set -eu
command -v psql >/dev/null || { echo 'PostgreSQL is not installed' >&2; exit 77; }
command -v rclone >/dev/null || { echo 'rclone is not installed' >&2; exit 77; }

mkdir -p spool/a/binance
mdsim --print --synthesize binance:btcusdt --rate 50 --duration 10 --seed 7 --start 2024-01-31T23:59:40Z |
  mdnorm | zstd -q >spool/a/binance/2024-01-31T235940Z.ndjson.zst
MD_CONF=/nonexistent MD_SPOOL=spool MD_LAKE=lake MD_ARCHIVE=archive MD_REPORTS=reports MD_STATE=state MD_LOCK=lock MD_KEEP=''
MD_REMOTE=$PWD/second MD_SAMPLE=100% MD_RETAIN='trade=30d book_change=30d' MD_BARS=''
MD_DSN=$("$MD_SOURCE/scripts/pg-local" start database)
trap '"$MD_SOURCE/scripts/pg-local" stop database' EXIT
export MD_CONF MD_SPOOL MD_LAKE MD_ARCHIVE MD_REPORTS MD_STATE MD_LOCK MD_KEEP MD_REMOTE MD_SAMPLE MD_RETAIN MD_BARS MD_DSN
mdload --init --dsn "$MD_DSN"
sql() { psql -X -A -t -c "$1" "$MD_DSN"; }

"$MD_SOURCE/scripts/md-nightly" 2024-01-31 >mail || echo "exit $?" # most of the day was not recorded
grep -o 'sync\|sample\|retain' mail | xargs
sql "SELECT count(*) FROM md.trade"
sql "SELECT count(*) FROM md.book_change"
sql "SELECT count(*) > 0 FROM md.book_ticker"
sql "SELECT table_name, day, archive, rows FROM md.retired ORDER BY 1, 3" >retired
for table in trade book_change; do
  grep -q "^$table|2024-01-31|2024-01" retired || echo "$table is not retired"
  awk -F '|' -v table=$table '$1 == table { rows = $4 } END { print rows }' retired >rows
  [ "$(cat rows)" = "$(zstdcat lake/*/type=$table/*/date=2024-01-31.ndjson.zst | wc -l)" ] || echo "$table: other rows than in the lake"
done
ls second

echo '== the night after'
sql 'SELECT * FROM md.load ORDER BY id' >loads
"$MD_SOURCE/scripts/md-nightly" 2024-01-31 >mail || echo "exit $?" # most of the day was not recorded
sql 'SELECT * FROM md.load ORDER BY id' | cmp - loads && echo 'nothing was loaded'
sql 'SELECT count(*) FROM md.trade'
mdcheck --against lake --dsn "$MD_DSN" | tail -n 1
