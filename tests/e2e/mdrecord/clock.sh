# The clock is set forward by an hour, and back: files are begun as before, each has a name of its own, later ones sort
# later, and no line is lost, doubled or overwritten.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
for library in /usr/lib/*/faketime/libfaketimeMT.so.1; do
  [ -e "$library" ] || { echo 'faketime is not installed' >&2; exit 77; }
done
serve --synthesize binance:btcusdt --rate 1000 --duration 0 --trade-id 1000
dir=spool/a/binance
# What a clock that is set changes: the wall's time, not the steady one.
set_clock() { echo "$1" >clock.new && mv clock.new clock; }
set_clock +0
LD_PRELOAD=$library FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_TIMESTAMP_FILE=$PWD/clock FAKETIME_NO_CACHE=1 \
  mdrecord binance BTCUSDT --exact --ws-url "$address" --types trade --spool spool --recorder a --flush 0.05 --rotate 1 &
recorder=$!
files() { [ "$(find $dir -name '*.zst' 2>/dev/null | wc -l)" -ge "$1" ]; }
for clock in +0 +1h +0; do
  set_clock $clock
  await files $((${count:-0} + 3))
  count=$(find $dir -name '*.zst' | wc -l)
done
kill "$recorder"
wait "$recorder"
spooling $dir && echo 'a file was left open'
zstd -dcq $dir/*.zst | jq -r 'select(.type == "trade") | [.id, (.localTimestamp[:19] + "Z" | fromdate)] | @tsv' >trades
awk '
  NR > 1 && $1 != last + 1 { print "from trade " last " to " $1 }
  NR > 1 && $2 - time > 3000 { print "the clock was set forward" }
  NR > 1 && time - $2 > 3000 { print "the clock was set back" }
  { last = $1; time = $2 }' trades
