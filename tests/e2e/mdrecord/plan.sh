# What a subscription costs is told before anything is opened: for all markets of the list, or, with --exact, without a
# network.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt,ethusdt --duration 0
mdrecord binance --all --plan --types trade --ws-url "$address"
mdrecord binance --exact --plan AUSDT BUSDT CUSDT
mdrecord binance --all AUSDT --plan || echo "$?"
mdrecord binance --all --exact --plan || echo "$?"
