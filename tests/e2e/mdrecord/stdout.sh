# Every event of a market is recorded, once and exactly, to standard output.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
market='--synthesize binance:btcusdt,ethusdt --rate 300 --duration 4 --seed 7'
# shellcheck disable=SC2086
mdsim $market --print | mdnorm >truth
# shellcheck disable=SC2086
serve $market
mdrecord binance btcusdt ETH/USDT --ws-url "$address" --once >events
whole truth events
sed -n '1s/"localTimestamp.*//p; $s/"localTimestamp.*//p' events
grep -c '"isSnapshot":true' events
grep -c '"type":"gap"' events || :
