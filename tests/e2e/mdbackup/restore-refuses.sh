# Damaged members are rolled back and the others kept; rows that are there from elsewhere are not doubled.
set -eu
# shellcheck source=tests/e2e/mdbackup/lake.inc
. "$MD_TESTS/mdbackup/lake.inc"
# shellcheck source=tests/e2e/mdbackup/database.inc
. "$MD_TESTS/mdbackup/database.inc"

make_lake lake
mdbackup export -q --lake lake --month 2026-11
counts() {
  psql -qXAt -F ' ' "$1" -c 'SELECT (SELECT count(*) FROM md.trade), (SELECT count(*) FROM md.book_ticker),
    (SELECT count(*) FROM md.feed_event)'
}

offset=$(tar xOf 2026-11.tar manifest.json |
  jq '.members[] | select(.table == "quotes") | .headerOffset + .headerBytes + 20')
cp 2026-11.tar flipped.tar
printf '\377' | dd of=flipped.tar bs=1 seek="$offset" conv=notrunc status=none
mdbackup restore --dsn "$one" flipped.tar || echo "damaged: exit $?"
counts "$one"
# The whole one brings what is missing, and nothing twice.
mdbackup restore --dsn "$one" 2026-11.tar
counts "$one"

# A database that has the month already, from the lake.
mdload --init --dsn "$two"
mdload --dsn "$two" lake/*/type=trade/symbol=BTCUSDT/date=2026-11-01.ndjson.zst
mdbackup restore --dsn "$two" 2026-11.tar || echo "occupied: exit $?"
counts "$two"

# Nothing of a file whose manifest cannot be trusted.
head -c 5000 2026-11.tar >cut.tar
mdbackup restore --dsn "$one" cut.tar || echo "cut: exit $?"
mdbackup restore --dsn "host=$PWD/nowhere" 2026-11.tar 2>/dev/null || echo "no server: exit $?"
