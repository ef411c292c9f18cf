# One type, one exchange, one symbol, a range of time: only what was asked for, and later the rest, each row once.
set -eu
# shellcheck source=tests/e2e/mdbackup/lake.inc
. "$MD_TESTS/mdbackup/lake.inc"
# shellcheck source=tests/e2e/mdbackup/database.inc
. "$MD_TESTS/mdbackup/database.inc"

make_lake lake
mdbackup export --lake lake --month 2025-11
counts() {
  psql -qXAt -F ' ' "$one" -c 'SELECT (SELECT count(*) FROM md.trade), (SELECT count(*) FROM md.book_change),
    (SELECT count(*) FROM md.feed_event)'
}
restore() { mdbackup restore --dsn "$one" "$@" 2025-11.tar && counts; }

restore --type gap
restore --type trade --symbol sOLUSDT --exchange binance
restore --exchange kraken
# Three of four in the first second; the last one's microsecond is the range's end.
restore --type trade --symbol BTCUSDT --from 2025-11-01T00:00:01Z --to 2025-11-30T23:59:59.999999Z
restore --type book_change --from 2025-11-20 --to 2025-11-20T00:00:01.000001Z
restore
restore
mdbackup verify --against "$one" 2025-11.tar
restore --type tick || echo "exit $?"
restore --from yesterday || echo "exit $?"
