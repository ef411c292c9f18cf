# Venues and markets are listed for people and programs.
set -eu
. "$MD_TESTS/mdrecord/venue.inc"
serve --synthesize binance:btcusdt,ethusdt --duration 0
mdrecord --list-venues | grep -P '^binance\t'
mdrecord binance --list-markets --ws-url "$address" | sed -E 's/("tick"|"step"):[0-9.]+/\1:N/g'
