# Raw lines hold all of it: mdnorm makes of them the events of the market, and they are named as their kind is.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
market='--synthesize binance:btcusdt --rate 300 --duration 2 --seed 8'
# shellcheck disable=SC2086
mdsim $market --print | mdnorm >truth
# shellcheck disable=SC2086
serve $market
mdrecord binance BTCUSDT --exact --raw --ws-url "$address" --once >raw
mdnorm raw >events
whole truth events
sed -E 's/"(localTimestamp|url)":"[^"]*"/"\1":""/g; s/"(data|request)":.*/"\1"/' raw | sort | uniq -c |
  sed -E '/"type":"raw"/s/^ *[0-9]+/many/; s/^ *([0-9]+) /\1 /'
