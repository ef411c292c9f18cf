# Nobody there at the start: some attempts for the market list, and for --once connections, then status 69.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt --duration 1
kill_now "$server"
mdrecord -q binance btcusdt --ws-url "$address" 2>market_list &
market_list=$!
mdrecord -q binance BTCUSDT --exact --once --ws-url "$address" 2>once &
once=$!
wait "$market_list" || echo "market list: $?"
wait "$once" || echo "once: $?"
sed "s/${address#ws://}/ADDRESS/" market_list once
