# A capture with bad lines: they are told, the good ones are served, and the exit code tells again.
set -eu
. "$MD_TESTS/mdsim/sim.inc"

mdsim --synthesize binance:btcusdt --print --duration 1 --rate 200 >good
{ echo 'not a line'; head -100 good; echo '{"type":"raw"'; tail -n +101 good; } >capture
mdnorm good | grep -c '"type":"trade"' >trades
start_sim --speed max --rejects rejected capture
mdrecord -q binance btcusdt --types trade --once --ws-url "$url" --rest-url "$rest" >recorded
grep -c '"type":"trade"' recorded | cmp - trades
code=0
wait "$sim" || code=$?
echo "$code"
sed -n 's/^\(mdsim: capture:[0-9]*\): .*/\1/p' sim.stderr
cat rejected
