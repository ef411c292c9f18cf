# How much there is: of a lake by its files, of a database by rows and by what the server says it takes, of a spool together.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$MD_TESTS/mdload/database.inc"

trades 100 2026-11-20 BTCUSDT >day1
trades 50 2026-11-21 BTCUSDT | sed 's,"id":"9,"id":"8,' >day2
trades 10 2026-11-21 ODD | sed 's,ODD,new\\nline,' >odd
{ echo '{"type":"connect","exchange":"binance","symbols":["BTCUSDT"],"localTimestamp":"2026-11-20T00:00:00.000000Z"}'
  echo '{"type":"book_ticker","symbol":"BTCUSDT","exchange":"binance","bidPrice":1,"timestamp":"2126-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"}'; } >others
mddedupe --lake lake day1 day2 odd others
mdcheck --stats --json lake >lake.json
bytes() { find "$@" -name '*.zst' -exec stat -c %s {} + | awk '{ sum += $1 } END { print sum }'; }
jq -c 'select(.record == "stream") | del(.bytes)' lake.json
[ "$(jq -s 'map(select(.record == "stream" and .symbol == "BTCUSDT" and .type == "trade"))[0].bytes' lake.json)" = "$(bytes lake/exchange=binance/type=trade/symbol=BTCUSDT)" ]
[ "$(jq -s 'last.bytes' lake.json)" = "$(bytes lake)" ]
jq -c 'select(.record == "group" or .record == "total") | del(.bytes)' lake.json
# Sizes differ from one version of a library to another.
mdcheck --stats lake | sed -E 's/ +[0-9]+ +[0-9]+\.[0-9]/ BYTES/' | tr -s ' '

mdload --init --dsn "$dsn"
mdload --dsn "$dsn" lake
mdcheck --stats --json --dsn "$dsn" >database.json
jq -c 'select(.record == "stream")' database.json >database.streams
jq -c 'select(.record == "stream") | del(.bytes)' lake.json | cmp - database.streams
jq -c 'select(.record == "part") | del(.tableBytes, .indexBytes)' database.json
jq -c 'select(.record == "group" or .record == "total") | del(.bytes)' database.json
for part in trade_20261120 trade_20261121 book_ticker_from_2100 feed_event; do
  sql "SELECT '$part', pg_table_size('md.$part'), pg_indexes_size('md.$part'), pg_total_relation_size('md.$part')"
done >sizes
jq -r 'select(.record == "part") | [(.table + (if .part then "_" + .part else "" end) | gsub("-"; "")), .tableBytes, .indexBytes, .tableBytes + .indexBytes] | join("|")' database.json |
  sort >told
sort sizes | cmp - told
[ "$(jq -s 'last.bytes' database.json)" = "$(sql "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c LEFT JOIN pg_inherits i ON inhrelid = c.oid
  WHERE relkind = 'r' AND (inhparent IN (SELECT unnest('{md.trade,md.book_change,md.book_ticker,md.derivative_ticker,md.liquidation}'::regclass[])) OR c.oid = 'md.feed_event'::regclass)")" ]
mdcheck --stats --dsn "$dsn" | sed -E 's/ [0-9]{4,} .*/ BYTES/' | tr -s ' '

# A file with several streams has its bytes in the sum alone.
cat day1 odd | zstd -q >both.ndjson.zst
mdcheck --stats both.ndjson.zst | sed -E 's/ [0-9]{4,} .*/ BYTES/' | tr -s ' '
