# Venues and markets are listed for people and programs.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt,ethusdt --duration 0
mdrecord --list-venues | grep -P '^binance\t'
mdrecord binance --list-markets --ws-url "$address" | awk '{ $5 = $6 = "N"; print }'
mdrecord binance --list-markets --json --ws-url "$address" | sed -E 's/("tick"|"step"):[0-9.]+/\1:N/g'
