# Three subscriptions are acknowledged, one of them stays silent: it is named, once, and counted.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt --rate 200 --duration 0 --seed 4 --faults 'drop every=1 type=book_ticker'
: >err.txt
: >status.txt
mdrecord binance BTCUSDT --exact --types trade,book_ticker --ws-url "$address" --first-data 0.5 \
  --status status.txt >out.ndjson 2>>err.txt &
recorder=$!
await grep -q 'no data' err.txt
await grep -q '^streams *1 silent' status.txt
kill "$recorder"
wait "$recorder"
sed -E 's/for [0-9]+ s/for N s/' err.txt
grep '^streams' status.txt
grep -q '"type":"trade"' out.ndjson && echo trades
