# --retain drops days that are old and whose every row a whole archive has; keeps the others, and says why; and knows
# later where they went.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
today=$(date -u +%F)
retain() {
  code=0
  mdload --dsn "$dsn" --archive archives "$@" >out || code=$?
  echo "exit: $code"
  sed "s/$today/TODAY/" out
}
days() { sql "SELECT relname, pg_relation_size(oid) > 0 FROM pg_class WHERE relname ~ '^(trade|book_change)_20260' AND relkind = 'r' ORDER BY 1"; }
archive() { mdbackup export --replace --dsn "$dsn" --month "$1" -o archives/; }

mdload --init --dsn "$dsn"
mkdir archives
{
  for day in 01-31 02-01 02-02 02-03; do trades 20 "2026-$day"; trades 5 "2026-$day" "../../x'; drop table t; --"; done
  trades 3 "$today"
} >trades.ndjson
time='"timestamp":"2026-02-01T00:00:00.000000Z","localTimestamp":"2026-02-01T00:00:00.000000Z"}'
cat >books.ndjson <<END
{"type":"book_change","symbol":"two\nlines","exchange":"x","isSnapshot":true,"bids":[{"price":1,"amount":1},{"price":2,"amount":2}],"asks":[],$time
END
mdload --dsn "$dsn" trades.ndjson books.ndjson

# Nothing is archived yet. An archive of January covers its last day, and no more.
retain --retain trade=30d
archive 2026-01
retain --retain trade=30d --retain book_change=10d --dry-run
days >before
archive 2026-02
retain --retain trade=30d --retain book_change=10d --dry-run
days | diff before -
retain --retain trade=100000d

# Late rows, and another in place of one: not what the archive has. A byte within a member of February: it covers nothing.
trades 1 2026-02-02 LATE | mdload --dsn "$dsn"
sql "UPDATE md.trade SET price = price + 1 WHERE \"timestamp\" = '2026-02-03 00:00:00Z' AND id = '90071992547000000'" >/dev/null
cp archives/2026-02.tar whole.tar
at=$(grep -abo '/BTCUSDT.csv.zst' archives/2026-02.tar | head -n 1 | cut -d: -f1)
printf 'X' | dd of=archives/2026-02.tar bs=1 seek=$((at + 700)) conv=notrunc 2>/dev/null
retain --retain trade=30d
cp whole.tar archives/2026-02.tar

# In use: a query or a load that has the day open is not disturbed for long, nor is the day dropped under it.
hold 'SELECT count(*) FROM md.trade_20260201'
retain --retain trade=30d
release
retain --retain trade=30d --retain book_change=10d
days

# What went where. The file is in the ledger still; other rows of such a day are refused.
sql "SELECT table_name, day, archive, encode(sha256, 'hex'), rows, tool_version LIKE 'mdload %' FROM md.retired ORDER BY 1, 2" |
  sed "s/$(sha256sum <archives/2026-01.tar | cut -d' ' -f1)/JANUARY/; s/$(sha256sum <archives/2026-02.tar | cut -d' ' -f1)/FEBRUARY/"
mdload -v --dsn "$dsn" trades.ndjson
code=0
trades 7 2026-01-31 OTHER | mdload --dsn "$dsn" || code=$?
echo "late: $code"

# And back again.
sql "DELETE FROM md.retired WHERE day = '2026-01-31'"
mdbackup restore --dsn "$dsn" archives/2026-01.tar
sql "SELECT symbol, count(*) FROM md.trades WHERE \"timestamp\" < '2026-02-01Z' GROUP BY 1 ORDER BY 1"

for wrong in gap=30d trade=30 trade=0d trade; do retain --retain "$wrong"; done
code=0
mdload --dsn "$dsn" --retain trade=30d 2>/dev/null || code=$?
echo "no archives: $code"
code=0
mdload --dsn "$dsn" --retain trade=30d --archive nowhere || code=$?
echo "nowhere: $code"
