# Two recorders of one synthetic market record the same, and what --print says it is.
set -eu
. "$MD_TESTS/mdsim/sim.inc"
need jq

start_sim --synthesize binance:btcusdt,ethusdt --rate 2000 --duration 5 --clients 2
mdrecord -q binance btcusdt ethusdt --once --ws-url "$url" --rest-url "$rest" >a &
first=$!
mdrecord -q binance btcusdt ethusdt --once --ws-url "$url" --rest-url "$rest" >b
wait "$first"
wait "$sim"
grep -c '"type":"gap"' a b || :
mdsim --synthesize binance:btcusdt,ethusdt --rate 2000 --duration 5 --print | mdnorm >truth
# Books begin where each recorder got its snapshot: compared is all else, and their ends.
for events in a b truth; do
  bare "$events" | grep -v book_change >"$events.rest"
  grep '"type":"book_change"' "$events" | jq -c 'select(.isSnapshot | not) | {symbol, prevSeq, seq, bids, asks}' |
    tail -50 | sort >"$events.end"
done
cmp a.rest truth.rest
cmp b.rest truth.rest
cmp a.end truth.end
cmp b.end truth.end
wc -l <truth.end
