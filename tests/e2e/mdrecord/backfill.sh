# Trades that a cut connection and dropped frames took away are asked for: none is missing in the end, mdcheck finds no hole,
# and each stands in the recording once.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
market='--synthesize binance:btcusdt --rate 600 --seed 5'
# shellcheck disable=SC2086
serve $market --duration 12 --fault-log log --faults 'cut nth=500 connection=1; drop nth=100 count=150 type=trade connection=1' \
  --faults 'refuse nth=2 times=1 status=503 path=historicalTrades'
mdrecord binance BTCUSDT --exact --ws-url "$address" --types trade --raw >raw 2>errors &
recorder=$!
await ended "$server"
kill "$recorder"
wait "$recorder"
mdnorm raw >events
timeless events | grep '"type":"trade"' | sed 's/,"backfilled":true//' | sort >recorded
# shellcheck disable=SC2086
mdsim $market --duration 12 --print | mdnorm --types trade >truth
timeless truth | grep '"type":"trade"' | sort | cmp - recorded
[ "$(grep -c '"backfilled":true' events)" -gt 150 ]
grep -c '"type":"gap"' events || :
grep -c '"status":503' raw
mdcheck events | tail -n 1 | grep -o 'no holes'
