# --faults on a capture, which stands behind the rules.
set -eu
# shellcheck source=tests/e2e/mdsim/sim.inc
. "$MD_TESTS/mdsim/sim.inc"
need jq

mdsim --synthesize binance:btcusdt --print --duration 1 >capture
start_sim --fault-log log --speed max --faults 'drop nth=2 type=trade' --faults 'drop nth=4 type=trade' capture
mdrecord -q binance btcusdt --types trade --once --ws-url "$url" --rest-url "$rest" >events
wait "$sim"
jq -r 'select(.type == "trade").id' events | head -3
jq -r '"\(.rule): \(.data | fromjson.data.t)"' log
