# A full disk ends the recording with 74, and what was flushed before is readable.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
[ "$(id -u)" = 0 ] || { echo 'mounting a tmpfs needs root' >&2; exit 77; }
mkdir spool
mount -t tmpfs -o size=64k tmpfs spool 2>/dev/null || { echo 'cannot mount a tmpfs here' >&2; exit 77; }
trap 'umount -l spool' EXIT
serve --synthesize binance:btcusdt,ethusdt --rate 5000 --duration 0
mdrecord binance BTCUSDT ETHUSDT --exact --ws-url "$address" --spool spool --recorder a --flush 0.05 2>error || echo "status: $?"
sed -E "s/'[^']*'/FILE/; s/[0-9]+ bytes/N bytes/" error
zstd -dcq spool/a/binance/*.part 2>/dev/null >recorded || :
lines recorded 100 && echo readable
# Room again: the next start repairs what is there.
mount -o remount,size=1m spool
mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a --duration 0.5
zstd -tq spool/a/binance/*.zst && echo repaired
