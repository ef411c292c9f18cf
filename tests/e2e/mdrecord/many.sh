# A file with a table for each venue: one process, whole lines of both on standard output, a spool directory each, one
# address for metrics; named alone, one table is recorded. What is wrong with a table is said with its name.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt,ethusdt --rate 200 --duration 0 --seed 3
binance=$address
serve --synthesize kraken:BTC/USD,ETH/EUR --rate 200 --duration 0 --seed 4
config() {
  cat >config.toml <<TOML
types = ["trade"]
$1
[venue.binance]
symbols = ["btcusdt"]
ws-url = "$binance"
[venue.kraken]
quote = "usd"
ws-url = "$address"
TOML
}
config ''
: >events
mdrecord --config config.toml >events &
recorder=$!
await grep -q '"trade","symbol":"BTCUSDT","exchange":"binance"' events
await grep -q '"trade","symbol":"BTC/USD","exchange":"kraken"' events
await lines events 200
kill "$recorder"
wait "$recorder"
grep -vcE '^\{"type":.*\}$' events || :
sed -E 's/.*"symbol":"([^"]*)".*/\1/; s/"localTimestamp.*//' events | sort -u

mdrecord --config config.toml kraken --spool spool --recorder a --status status.txt &
recorder=$!
await spooling spool/a/kraken
await grep -qs recording status.txt
kill "$recorder"
wait "$recorder"
ls spool/a
config 'spool = "spool"'
mdrecord --config config.toml --recorder a --status status.txt &
recorder=$!
await spooling spool/a/binance
await spooling spool/a/kraken
both_record() { [ "$(grep -c '^state  *recording' status.txt)" = 2 ]; }
await both_record
kill "$recorder"
wait "$recorder"
grep -E '^(venue|state|markets)|^$' status.txt
mdrecord --config config.toml --plan --log-format logfmt | grep -E '^(venue|symbols)'

try() { mdrecord --config config.toml "$@" >/dev/null && return || echo "$?" >&2; }
try okx
config 'symbols = ["btcusd"]'
try
config '' && sed -i s/btcusdt/btcusd/ config.toml
try
config '' && echo 'metrics = "9100"' >>config.toml
try
config '' && echo 'spoool = "a"' >>config.toml
try
config '' && printf '[venue.nasdaq]\nall = true\n' >>config.toml
try 2>&1 | sed 's/known: .*binance.*/known: (list)/' >&2
config 'exact = true'
try binance --plan
try kraken --plan
