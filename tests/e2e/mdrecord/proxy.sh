# --proxy and HTTPS_PROXY are what WebSocket and REST go through, and this machine is reached without; a password is in no
# message.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
unset https_proxy HTTPS_PROXY no_proxy NO_PROXY
serve --synthesize binance:btcusdt --duration 1
proxy=${address#ws://}
HTTPS_PROXY=http://user:secret@$proxy mdrecord -q binance btcusdt --list-markets --ws-url "$address" | head -n 1
kill_now "$server" # a proxy out of reach
venue=wss://venue.example
mdrecord -q binance btcusdt --ws-url "$venue" --proxy "$proxy" 2>option &
option=$!
HTTPS_PROXY=http://user:secret@$proxy mdrecord -q binance BTCUSDT --exact --once --ws-url "$venue" 2>environment &
environment=$!
wait "$option" || echo "option: $?"
wait "$environment" || echo "environment: $?"
sed "s/$proxy/PROXY/" option environment
