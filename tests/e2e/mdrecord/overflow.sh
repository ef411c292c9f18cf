# A reader that stops for seconds, --overflow drop: memory stays bounded, the lines that are missing show as gaps, and books
# begin anew.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt,ethusdt --rate 60000 --duration 0
mkfifo pipe
mdrecord binance BTCUSDT ETHUSDT --exact --types trade,book_change --ws-url "$address" --overflow drop >pipe 2>said &
recorder=$!
# Reads nothing until lines were dropped, then all.
{
  await grep -q 'lines are dropped' said
  sed '/"reason":"overflow: .* lines dropped/q' >events
  grep VmHWM "/proc/$recorder/status" | awk '{ print ($2 < 262144 ? "below" : $2 " KiB, not below") " 256 MiB" }'
  cat >rest &
  kill "$recorder"
  wait $!
} <pipe
wait "$recorder"
sed -E 's/[0-9]+ lines/N lines/; s/since .*/since TIME/' said | grep 'overflow\|dropped' | head -n 2
grep '"symbols":.*"reason":"overflow"' events | sed -E 's/[0-9T:.-]+Z/TIME/g'
