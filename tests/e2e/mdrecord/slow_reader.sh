# A reader that stops for a while loses nothing; one that is gone, or stuck when we are told to stop, is an error.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
market='--synthesize binance:btcusdt --rate 3000 --duration 3 --seed 5'
# shellcheck disable=SC2086
mdsim $market --print | mdnorm >truth
# shellcheck disable=SC2086
serve $market
mkfifo pipe
mdrecord binance BTCUSDT --exact --ws-url "$address" --once >pipe &
recorder=$!
# Reads one line, then nothing until the market is over and the pipe long full.
{
  head -c 1 >events
  await ended "$server"
  cat >>events
} <pipe
wait "$recorder"
whole truth events && echo 'nothing lost'

serve --synthesize binance:btcusdt --rate 3000 --duration 0
{ mdrecord binance BTCUSDT --exact --ws-url "$address" 2>gone || echo "gone: $?" >status; } | head -n 1 >events
cat status
sed -E 's/[0-9]+ bytes/N bytes/' gone

mdrecord binance BTCUSDT --exact --ws-url "$address" >pipe 2>stuck &
recorder=$!
exec 3<pipe
same=0
# For some looks in a row, a thread of it waits for room in the pipe.
blocked() {
  grep -q pipe_write "/proc/$recorder/task/"*/wchan && same=$((same + 1)) || same=0
  [ "$same" -ge 5 ]
}
await blocked
kill "$recorder"
wait "$recorder" || echo "stuck: $?"
sed -E 's/[0-9]+ bytes/N bytes/' stuck
