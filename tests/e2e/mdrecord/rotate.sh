# A file ends at its size, and at its time though nothing is written to it any more.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
market='--synthesize binance:btcusdt --rate 3000 --duration 2 --seed 9'
# shellcheck disable=SC2086
mdsim $market --print | mdnorm >truth
# shellcheck disable=SC2086
serve $market
mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a --rotate-size 16KiB --flush 0.05 --fsync flush --once
set -- spool/a/binance/*.zst
[ $# -ge 3 ] && echo 'by size'
zstd -dcq "$@" >events
whole truth events && echo 'nothing lost'

serve --synthesize binance:btcusdt --rate 3000 --duration 0.3 --seed 9
# Not --once: the market is over, the recorder stays and finds nobody.
mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder b --rotate 2 -q &
recorder=$!
closed() {
  for file in spool/b/binance/*.zst; do
    [ -e "$file" ] && ! spooling spool/b/binance && return
  done
  return 1
}
await ended "$server"
await closed
kill -0 "$recorder" && echo 'by time'
kill "$recorder"
wait "$recorder"
