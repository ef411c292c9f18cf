# Venues that are out of reach at the start are recorded once they are there, and do not keep others waiting. SIGTERM ends
# all in good order within five seconds: also one that does not answer, and one that is still out of reach.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt --rate 300 --duration 0 --seed 3
binance=$address
serve --synthesize kraken:BTC/USD --rate 300 --duration 0 --seed 4
kraken=$address
kill_now "$server"
cat >config.toml <<TOML
types = ["trade"]
spool = "spool"
recorder = "a"
[venue.binance]
symbols = ["btcusdt"]
ws-url = "$binance"
[venue.kraken]
all = true
ws-url = "$kraken"
[venue.okx]
symbols = ["BTC-USDT"]
ws-url = "ws://127.0.0.1:1"
TOML
mdrecord --config config.toml --status status.txt 2>log.txt &
recorder=$!
await spooling spool/a/binance
grep -A 1 '^venue  *kraken' status.txt
mdsim --synthesize kraken:BTC/USD --rate 300 --duration 0 --seed 4 --listen "${kraken#ws://}" >/dev/null 2>server.txt &
server=$!
await spooling spool/a/kraken
kill -s STOP "$server"
begin=$(date +%s)
kill "$recorder"
wait "$recorder"
[ $(($(date +%s) - begin)) -lt 5 ] || echo 'late'
kill -s CONT "$server"
find spool/a -name '2*' | sed -E 's/[0-9]+/N/g' | sort
for venue in binance kraken; do zstd -dcq spool/a/$venue/*.zst | tail -n 1 | sed 's/"localTimestamp.*//'; done
grep -v 'not recorded yet' log.txt | sed -E 's/:[0-9]+/:PORT/g; s/: Connection.*//' | sort -u
