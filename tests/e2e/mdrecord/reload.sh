# SIGHUP reads the configuration again: symbols, types and venues come and go, what stays is recorded without a hole. A
# broken file changes nothing, and what cannot change is said to need a restart.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt,ethusdt --rate 300 --duration 0 --seed 3
binance=$address
serve --synthesize kraken:BTC/USD --rate 300 --duration 0 --seed 4
config() {
  printf '%s\ntypes = ["trade"]\n[venue.binance]\nsymbols = [%s]\nws-url = "%s"\n' "$1" "$2" "$binance" >config.toml
}
config '' '"btcusdt"'
: >events
mdrecord --config config.toml -v >events 2>log.txt &
recorder=$!
await grep -q '"trade"' events
config '' '"btcusdt", "ethusdt"'
printf '[venue.kraken]\nsymbols = ["BTC/USD"]\nexact = true\nws-url = "%s"\n' "$address" >>config.toml
kill -s HUP "$recorder"
await grep -q '"trade","symbol":"ETHUSDT"' events
await grep -q '"trade","symbol":"BTC/USD"' events
echo 'broken =' >>config.toml
kill -s HUP "$recorder"
await grep -q 'stays as it was' log.txt
config '' '"btcusdt", "dogeusdt"'
kill -s HUP "$recorder"
await grep -q 'the old markets stay' log.txt
await grep -q '"disconnect","exchange":"kraken"' events
config 'retry = 5' '"btcusdt"'
kill -s HUP "$recorder"
await grep -q 'needs a restart' log.txt
await grep -q '"disconnect".*"ETHUSDT"' events
lines=$(wc -l <events)
await lines events $((lines + 100))
unbroken BTCUSDT events
config 'retry = 5' '"btcusdt"'
sed -i 's/"trade"/"book_ticker"/' config.toml
kill -s HUP "$recorder"
await grep -q '"book_ticker","symbol":"BTCUSDT"' events
kill "$recorder"
wait "$recorder"
grep -E '"type":"(connect|disconnect)"' events | sed -E 's/,"localTimestamp":"[^"]*"//' | sort
grep -E 'stays|stay$|restart|binance: configured' log.txt | sed 's/line [0-9]*, column [0-9]*: .*: the/...: the/'
