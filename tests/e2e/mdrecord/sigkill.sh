# Killed at any moment, what was flushed is readable; the next start repairs and closes the file, and takes another name.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt --rate 500 --duration 0 --seed 3
# The files before are closed, and the open one has that many lines.
flushed() {
  closed=0
  for file in spool/a/binance/*.zst; do
    [ ! -e "$file" ] || closed=$((closed + 1))
  done
  [ "$closed" = "$1" ] && spooling spool/a/binance && [ "$(zstd -dcq "$part" 2>/dev/null | wc -l)" -ge "$2" ]
}
for round in 1 2 3; do
  mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a --flush 0.1 &
  recorder=$!
  await flushed $((round - 1)) $((round * 40))
  zstd -dcq spool/a/binance/*.part >"flushed.$round" 2>/dev/null || :
  kill_now "$recorder"
done
mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a --duration 1
find spool/a/binance -name '2*' -printf '%f\n' | sed -E 's/[0-9]+/N/g' | sort | uniq -c | sed 's/^ *//'
zstd -tq spool/a/binance/*.zst
zstd -dcq spool/a/binance/*.zst >recorded
for round in 1 2 3; do
  # The last line may have been seen half written by the reader, never lost.
  sed '$d' "flushed.$round" >>expected
done
grep -vxF -f recorded expected || echo 'nothing flushed was lost'
grep -vc '^{"type":.*}$' recorded || :
