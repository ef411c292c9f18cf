# From the database the report is, to the byte, that of the lake it was loaded from: holes, gaps, disconnects, duplicates,
# crossed books, exchanges whose names begin alike, names that break lines, days before 2009 and after 2099.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$MD_TESTS/mdload/database.inc"
market=$MD_TESTS/mddedupe/market.awk

# Over midnight; messages are lost, the book is crossed for a while, a connection ends; then some lines come twice.
awk -v lines=6000 -v seed=9 -v start=1779321580 -f "$market" | awk '
  /"BTCUSDT"/ && /book_change/ && NR > 2000 && NR < 2300 { next }
  /"ETHUSDT"/ && /"trade"/ && NR % 400 < 3 { next }
  /"ETHUSDT"/ && /book_change/ && NR > 4000 && NR < 4100 { gsub(/"bids":\[/, "&{\"price\":70000,\"amount\":1},") }
  NR == 2500 { time = $0; sub(/.*"localTimestamp"/, "", time)
    print "{\"type\":\"gap\",\"symbol\":\"BTCUSDT\",\"exchange\":\"binance\",\"channel\":\"book_change\",\"prevSeq\":1,\"seq\":5,\"reason\":\"checksum\",\"timestamp\"" time2(time) ",\"localTimestamp\"" time
    print "{\"type\":\"disconnect\",\"exchange\":\"binance\",\"symbols\":[\"BTCUSDT\"],\"reason\":\"line\\nbreak\",\"localTimestamp\"" time }
  { print }
  function time2(text) { sub(/}$/, "", text); return text }' >binance.ndjson
awk -v lines=2000 -v seed=4 -v start=1779321580 -f "$market" | sed 's/"exchange":"binance"/"exchange":"binance-futures"/' >futures.ndjson
trade() { # EXCHANGE SYMBOL ID TIME
  printf '{"type":"trade","symbol":"%s","exchange":"%s","id":"%s","price":1,"amount":1,"side":"buy",' "$2" "$1" "$3"
  printf '"timestamp":"%s","localTimestamp":"%s"}\n' "$4" "$4"
}
{ trade bitstamp 'a\nb' 2 2008-12-31T23:59:59.000000Z; trade bitstamp 'a\nb' 1 2026-05-20T00:00:00.000000Z
  trade bitstamp 'a\nb' 5 2026-05-20T00:00:01.000000Z; trade bitstamp 'a\nb' 4 2110-01-01T00:00:00.000000Z
  trade bitstamp '../../x; drop table t; --' 1 2026-05-20T00:00:00.000000Z; } >odd.ndjson
cat binance.ndjson futures.ndjson odd.ndjson | mddedupe --lake lake
for file in lake/exchange=binance/type=trade/symbol=ETHUSDT/date=2026-05-20 lake/exchange=binance/type=book_ticker/symbol=BTCUSDT/date=2026-05-21; do
  zstd -dc "$file.ndjson.zst" | awk 'NR % 50 == 7 { print } { print }' | zstd -q >again
  mv again "$file.ndjson.zst"
done

mdload --init --dsn "$dsn"
mdload --dsn "$dsn" lake
check() { # NAME ARGUMENT...
  name=$1
  shift
  code=0
  mdcheck "$@" >"$name" || code=$?
  echo "$name: exit $code, $(wc -l <"$name") lines"
}
check lake.txt lake
check database.txt --dsn "$dsn"
cmp lake.txt database.txt
check lake.json --json lake
check database.json --json --dsn "$dsn"
cmp lake.json database.json
for kind in hole disconnect crossed; do grep -q "\"kind\":\"$kind\"" lake.json || echo "nothing $kind"; done
jq -se 'last | .duplicates > 0 and .disorder > 0' lake.json
grep -F 'line\nbreak' lake.txt
grep -F 'a\nb' lake.txt

# A part of it: the second day alone, as from its files; from one moment, with events of its own days only.
find lake -name 'date=2026-05-21*' | LC_ALL=C sort | xargs mdcheck >second.txt || :
mdcheck --dsn "$dsn" --from 2026-05-21 --to 2026-05-22T00:00:00Z | cmp - second.txt
mdcheck --dsn "$dsn" --from 2026-05-20T00:00:01Z --to 2026-05-20T00:00:01.000001Z
