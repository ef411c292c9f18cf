# A spool has its files where md-formats(5) says, closed, and keeps a second recorder out.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
market='--synthesize binance:btcusdt --rate 300 --duration 4 --seed 9'
# shellcheck disable=SC2086
mdsim $market --print | mdnorm >truth
# shellcheck disable=SC2086
serve $market
mdrecord binance BTCUSDT --exact --ws-url "$address" --once --spool spool --recorder 'host/a' --rotate 1 --flush 0.2 &
recorder=$!
await spooling spool/host%2Fa/binance
mdrecord binance BTCUSDT --exact --ws-url "$address" --once --spool spool --recorder 'host/a' && exit 1
echo "second: $?"
wait "$recorder"
echo "first: $?"
for file in spool/host%2Fa/binance/*; do
  case $file in
    *T[0-9][0-9][0-9][0-9][0-9][0-9]Z.ndjson.zst) zstd -dcq "$file" >>events ;;
    *) echo "unexpected: $file" ;;
  esac
done
# A new file each second.
set -- spool/host%2Fa/binance/*.zst
[ $# -ge 4 ]
whole truth events
