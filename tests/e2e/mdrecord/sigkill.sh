# Killed at random moments, what was flushed is readable; each start says what it mends, closes the file, and takes another
# name.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt --rate 500 --duration 0 --seed 3
dir=spool/a/binance
# It has mended what the last one left, or has a file where there was nothing to mend.
started() { if [ "$left" = 0 ]; then spooling $dir; else [ -s repairs ]; fi; }
mkdir -p $dir
for round in $(seq 20); do
  : >repairs
  spooling $dir && left=1 || left=0
  mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a --flush 0.05 2>repairs &
  recorder=$!
  # What stands in files that are closed, or are being closed, is never touched again.
  await started
  cat repairs >>said
  find $dir -name '*.zst' -exec sha256sum {} + >sums
  # 0 to 1.02 s: at any point of start, first frame, or flush.
  sleep "$(od -An -N1 -tu1 /dev/urandom | awk '{ print $1 / 250 }')"
  zstd -dcq $dir/*.part >"flushed.$round" 2>/dev/null || :
  kill_now "$recorder"
  [ ! -s sums ] || sha256sum --quiet -c sums
done
mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a --duration 1 2>>said
# A file in which nothing was flushed yet is removed; that is left to chance here.
sed -E "/^mdrecord: removed/d; s/'[^']*'/FILE/; s/[0-9]+/N/g" said | sort -u
spooling $dir && echo 'a file was left open'
zstd -tq $dir/*.zst
zstd -dcq $dir/*.zst >recorded
for round in $(seq 20); do
  # The last line may have been seen half written by the reader, never lost.
  sed '$d' "flushed.$round" >>expected
done
lines expected 200 || echo 'too little was recorded to tell'
grep -vxF -f recorded expected || echo 'nothing flushed was lost'
grep -vc '^{"type":.*}$' recorded || :
