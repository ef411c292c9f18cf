# The venue goes away and comes back: so does the recorder, and its records say it.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
market='--synthesize binance:btcusdt --rate 300 --duration 0'
# shellcheck disable=SC2086
serve $market --seed 1
mdrecord binance BTCUSDT --exact --ws-url "$address" --types trade >events &
recorder=$!
await lines events 20
kill_now "$server"
await grep -q '"type":"disconnect"' events
# shellcheck disable=SC2086
mdsim $market --seed 2 --trade-id 5000000000 --listen "${address#ws://}" >/dev/null 2>server.txt &
await grep -q '"id":"50000000[1-9]' events
kill "$recorder"
wait "$recorder"
grep -v '"type":"trade"' events | sed -E 's/,"localTimestamp":"[^"]*"//'
