# The newest event of each stream: of a lake, of the database it was loaded into, of a spool; what is stale.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$MD_TESTS/mdload/database.inc"

trade() { # SYMBOL TIME [LOCAL]
  printf '{"type":"trade","symbol":"%s","exchange":"bitstamp","price":1,"amount":1,"side":"buy","timestamp":"%s","localTimestamp":"%s"}\n' "$1" "$2" "${3:-$2}"
}
quote() { trade "$@" | sed 's/"trade"/"book_ticker"/; s/"price":1,"amount":1,"side":"buy"/"bidPrice":1/'; }
{ trade A 2026-11-19T10:00:00.000000Z; trade A 2026-11-20T10:00:00.000000Z; trade A 2026-11-20T09:00:00.000000Z 2026-11-20T10:00:05.000000Z
  trade 'new\nline' 2008-01-01T00:00:00.000000Z; trade B/C 2026-02-28T23:59:59.999999Z; trade B/C 2026-02-28T23:59:59.999999Z 2026-03-01T00:00:00.000001Z
  quote A 2026-11-20T11:00:00.000000Z; trade ../../x 2120-01-01T00:00:00.000000Z
  echo '{"type":"connect","exchange":"bitstamp","localTimestamp":"2026-11-22T00:00:00.000000Z"}'; } >events
mddedupe --lake lake events
mdload --init --dsn "$dsn"
mdload --dsn "$dsn" lake

now="2026-11-20 11:00:10"
at() { faketime -f "$now" "$@"; }
at mdcheck --latest lake
at mdcheck --latest --json lake >lake.json
at mdcheck --latest --json --dsn "$dsn" | cmp - lake.json
cat lake.json
at mdcheck --latest --stale 1000000000 lake >all || echo "exit $?"
rm -r lake/exchange=bitstamp/type=trade
at mdcheck --latest --stale 11 lake >/dev/null
at mdcheck --latest --stale 9.9 lake >/dev/null || echo "exit $?"

# Only the end of a large file is read, and it is the right one. (The beginning is no zstd frame.)
file=lake/exchange=bitstamp/type=book_ticker/symbol=A/date=2026-11-20.ndjson
rm "$file.zst"
awk 'BEGIN { srand(3); for (i = 0; i < 60000; i++)
  printf "{\"type\":\"book_ticker\",\"symbol\":\"A\",\"exchange\":\"bitstamp\",\"bidPrice\":%.0f%.0f%.0f,\"timestamp\":\"2026-11-20T%02d:%02d:%02d.000000Z\",\"localTimestamp\":\"2026-11-20T%02d:%02d:%02d.000000Z\"}\n",
    1 + rand() * 1e9, rand() * 1e9, rand() * 1e9, i / 3600, i / 60 % 60, i % 60, i / 3600, i / 60 % 60, i % 60 }' >large
split -l 1000 large piece.
for piece in piece.*; do zstd -q --rm "$piece"; done
cat piece.*.zst >"$file.zst"
[ "$(wc -c <"$file.zst")" -gt 1200000 ] || echo 'too small'
head -c 1000 /dev/zero | dd of="$file.zst" conv=notrunc bs=1 seek=100 status=none
at mdcheck --latest lake

# A spool: the newest file of each recorder, whole.
for host in one two; do mkdir -p spool/$host/bitstamp; done
trade OLD 2026-11-20T08:00:00.000000Z | zstd -q >spool/one/bitstamp/2026-11-20T080000Z.ndjson.zst
{ trade QUIET 2026-11-20T09:00:00.000000Z; trade A 2026-11-20T09:59:59.000000Z; } | zstd -q >spool/one/bitstamp/2026-11-20T090000Z.ndjson.zst
trade A 2026-11-20T07:00:00.000000Z | zstd -q >spool/two/bitstamp/2026-11-20T070000Z.ndjson.zst
at mdcheck --latest spool | sed "s|$PWD/||" | tr -s " "
