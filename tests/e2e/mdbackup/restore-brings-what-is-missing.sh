# Restoring into a database that is empty, half full or full: every row is there once, however often it is run. Damaged
# members are rolled back and the others kept.
set -eu
# shellcheck source=tests/e2e/mdbackup/lake.inc
. "$MD_TESTS/mdbackup/lake.inc"
# shellcheck source=tests/e2e/mdbackup/database.inc
. "$MD_TESTS/mdbackup/database.inc"

make_lake lake
mdbackup export -q --lake lake --month 2025-11 --format csv.gz -j 2
counts() {
  psql -qXAt -F ' ' "$1" -c 'SELECT (SELECT count(*) FROM md.trade), (SELECT count(*) FROM md.book_ticker),
    (SELECT count(*) FROM md.feed_event), (SELECT count(*) FROM md.load)'
}

offset=$(tar xOf 2025-11.tar manifest.json |
  jq '.members[] | select(.table == "quotes") | .headerOffset + .headerBytes + 20')
cp 2025-11.tar flipped.tar
printf '\377' | dd of=flipped.tar bs=1 seek="$offset" conv=notrunc status=none
mdbackup restore --dsn "$one" flipped.tar || echo "damaged: exit $?"
counts "$one"
# The whole one brings what is missing, and nothing twice; a third time nothing at all.
mdbackup restore --dsn "$one" 2025-11.tar
mdbackup restore --dsn "$one" 2025-11.tar
counts "$one"

# A database that has the first day from the lake, and of the 20th other rows than the archive: one of ours too few, one
# of two equal ones gone, one that the archive does not have.
mdload --init --dsn "$two"
mdload --dsn "$two" lake/*/type=trade/symbol=BTCUSDT/date=2025-11-01.ndjson.zst
mdload --dsn "$two" lake/*/type=book_ticker/symbol=BTCUSDT/date=2025-11-20.ndjson.zst
psql -qX "$two" -c "DELETE FROM md.book_ticker WHERE line = 2 OR seq = 5"
psql -qX "$two" -c "INSERT INTO md.book_ticker (\"timestamp\", local_timestamp, line, instrument_id, load_id, bid_price)
  SELECT \"timestamp\", local_timestamp, 4, instrument_id, load_id, 99 FROM md.book_ticker"
mdbackup verify --against "$two" 2025-11.tar || echo "not the same: exit $?"
mdbackup restore --dsn "$two" 2025-11.tar
mdbackup restore --dsn "$two" 2025-11.tar
counts "$two"
# What the archive does not have stays, and is told.
mdbackup verify --against "$two" 2025-11.tar || echo "not the same: exit $?"
psql -qX "$two" -c "DELETE FROM md.book_ticker WHERE bid_price = 99"
mdbackup verify --against "$two" 2025-11.tar
compare "$one" "$two"

# Nothing of a file whose manifest cannot be trusted.
head -c 5000 2025-11.tar >cut.tar
mdbackup restore --dsn "$one" cut.tar || echo "cut: exit $?"
mdbackup restore --dsn "host=$PWD/nowhere" 2025-11.tar 2>/dev/null || echo "no server: exit $?"
