# A disk that is full for a while costs nothing; one that stays full ends the recording with 74, what was flushed before is
# readable, and a file of its own tells of the loss.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
[ "$(id -u)" = 0 ] || { echo 'mounting a tmpfs needs root' >&2; exit 77; }
mkdir spool
mount -t tmpfs -o size=192k tmpfs spool 2>/dev/null || { echo 'cannot mount a tmpfs here' >&2; exit 77; }
trap 'umount -l spool' EXIT
market='--synthesize binance:btcusdt,ethusdt --rate 3000 --duration 4 --seed 4'
# shellcheck disable=SC2086
mdsim $market --print | mdnorm >truth
# shellcheck disable=SC2086
serve $market
mdrecord binance BTCUSDT ETHUSDT --exact --ws-url "$address" --once --spool spool --recorder a --flush 0.05 2>error &
recorder=$!
await test -s error
mount -o remount,size=16m spool
wait "$recorder"
sed -E "s/'[^']*'/FILE/" error | sort -u
zstd -dcq spool/a/binance/*.zst >events
whole truth events && echo 'nothing lost'
grep -c overflow events || :

rm -r spool/a
mount -o remount,size=192k spool
serve --synthesize binance:btcusdt,ethusdt --rate 5000 --duration 0
mdrecord binance BTCUSDT ETHUSDT --exact --types trade,book_change --ws-url "$address" --spool spool --recorder a --flush 0.05 \
  --retry 0.3 2>error || echo "status: $?"
sed -E "s/'[^']*'/FILE/; s/[0-9]+ bytes/N bytes/" error | sort -u
spooling spool/a/binance && echo 'a file was left open'
zstd -dcq spool/a/binance/*.zst >recorded
lines recorded 100 && echo readable
tail -n 2 recorded | timeless /dev/stdin | sed -E 's/"timestamp":"[^"]*"/TIME/'
# Room again: the next start goes on.
mount -o remount,size=1m spool
mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a --duration 0.5
zstd -tq spool/a/binance/*.zst && echo again

# Raw lines, dropped rather than held back: the same, told in the words of raw lines.
rm -r spool/a
mount -o remount,size=192k spool
mdrecord binance BTCUSDT ETHUSDT --exact --raw --ws-url "$address" --spool spool --recorder a --flush 0.05 --retry 0.3 \
  --overflow drop 2>error || echo "status: $?"
sed -E "s/'[^']*'/FILE/; s/[0-9]+ bytes/N bytes/" error | sort -u
spooling spool/a/binance && echo 'a file was left open'
zstd -dcq spool/a/binance/*.zst >recorded
lines recorded 100 && echo readable
tail -n 1 recorded | sed -E 's/[0-9T:.-]+Z/TIME/g'
