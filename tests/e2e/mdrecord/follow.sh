# A recorder of all markets that fit follows the list: what is listed is subscribed, what is delisted is left, both are
# records, and of what stays nothing is missed. A list that cannot be had changes nothing.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt,ethusdt,solusdt,btceur --rate 400 --duration 0 --seed 5 --list solusdt@2 --delist ethusdt@4
: >events
mdrecord binance --quote usdt --follow 0.3 --types trade --ws-url "$address" >events 2>log.txt &
recorder=$!
await grep -q '"trade","symbol":"ETHUSDT"' events
await grep -q '"trade","symbol":"SOLUSDT"' events
await grep -q '"disconnect".*"ETHUSDT"' events
lines=$(wc -l <events)
await lines events $((lines + 100))
kill "$recorder"
wait "$recorder"
unbroken BTCUSDT events
unbroken SOLUSDT events
unbroken ETHUSDT events
grep -vE '"type":"(trade|connect|disconnect)"' events || :
grep '"connect".*"SOLUSDT"' events | sed -E 's/,"localTimestamp":"[^"]*"//'
grep '"disconnect".*"ETHUSDT"' events | sed -E 's/,"localTimestamp":"[^"]*"//; s/"symbols":.*"ETHUSDT"\]/ETHUSDT/'
cat log.txt
