# kill [ROUNDS]: SIGKILL at random moments under load. The suite's part is tests/e2e/mdrecord/sigkill.sh.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$MD_SOURCE/tests/e2e/mdrecord/venue.inc"
rounds=${1:-200}
flush=0.2
# What may pass besides: the line's way to the writer, the look at the clock before the kill, a machine that does more.
allowed=0.25
dir=spool/a/binance
serve --synthesize binance:btcusdt --rate 5000 --duration 0 --start now --trade-id 1000
mdrecord binance BTCUSDT --exact --types trade --ws-url "$address" >all &  # who is left alone
mkdir -p $dir
await lines all 1
broken() { echo "broken: $*" | tee -a broken.txt; }
: >losses
left=
for round in $(seq "$rounds"); do
  find $dir -name '*.zst' -exec sha256sum {} + | sort -k 2 >sums
  mdrecord binance BTCUSDT --exact --types trade --ws-url "$address" --spool spool --recorder a --flush $flush 2>said &
  recorder=$!
  # 0 to 2 s: at any point of start, first frame, or flush.
  sleep "$(od -An -N2 -tu2 /dev/urandom | awk '{ print $1 / 32768 }')"
  ! ended $recorder || broken "round $round: it had ended by itself: $(cat said)"
  at=$(date +%s.%N)
  kill_now $recorder
  sort -u said >>repairs
  # Closed files, those just mended among them, are as they were.
  [ ! -s sums ] || sha256sum --quiet -c sums || broken "round $round: a closed file was changed"
  if [ -n "$left" ] && grep -q "closed '${left%.part}'" said; then
    [ ! -e "$left" ] || broken "round $round: $left was not mended"
  fi
  left=
  for part in "$dir"/*.part; do
    [ -e "$part" ] || continue
    left=$part
    [ "$part" = "$dir/$(ls $dir | tail -n 1)" ] || broken "round $round: $part is not the last"
    zstd -dcq "$part" >last 2>/dev/null || :
    [ -s last ] || continue
    [ -z "$(tail -c 1 last | tr -d '\n')" ] || sed -i '$d' last
    id=$(grep '"type":"trade"' last | tail -n 1 | grep -o '"id":"[^"]*' | cut -d '"' -f 4)
    [ -n "$id" ] || continue
    # The first that is not on disk, and when the other recorder had it.
    first=$(tail -c 8000000 all | sed "1d; \$d" | grep -m 1 "\"id\":\"$((id + 1))\"" |
      grep -o '"localTimestamp":"[^"]*' | cut -d '"' -f 4)
    [ -n "$first" ] && first=$(date -d "$first" +%s.%N) || first=$at
    echo "$at $first" | awk '{ printf "%.3f\n", ($1 > $2) ? $1 - $2 : 0 }' >>losses
  done
  [ $((round % 20)) != 0 ] || echo "round $round"
done
mdrecord binance BTCUSDT --exact --types trade --ws-url "$address" --spool spool --recorder a --duration 0.2 2>>repairs
! spooling $dir || broken 'a file was left open'
zstd -tq $dir/*.zst || broken 'a file is damaged'
: >ids
for file in "$dir"/*.zst; do
  zstd -dcq "$file" | jq -r 'select(.type == "trade").id' >one || broken "$file: not JSON to the last line"
  # The feed counts its trades: none is missing within a file, and none comes twice.
  awk -v file="$file" 'NR > 1 && $1 != last + 1 { print "broken: " file ": " last " to " $1 } { last = $1 }' one |
    tee -a broken.txt
  cat one >>ids
done
[ -z "$(sort ids | uniq -d | head -n 1)" ] || broken 'trades are there twice'
mdcheck -q $dir/*.zst >/dev/null || [ $? = 1 ] || broken 'mdcheck finds bad lines'
sort -n losses | awk -v flush=$flush -v allowed=$allowed -v rounds="$rounds" '
  { lost[NR] = $1; sum += $1 }
  END {
    if (NR == 0) { print "broken: nothing was ever flushed"; exit }
    printf "kills %d, with lines in the open file %d; lost then, with --flush %s:\n", rounds, NR, flush
    printf "  mean %.0f ms, median %.0f ms, most %.0f ms (at most %.0f)\n", 1000 * sum / NR, 1000 * lost[int((NR + 1) / 2)],
      1000 * lost[NR], 1000 * (flush + allowed)
    if (lost[NR] > flush + allowed) print "broken: more than --flush was lost"
  }' | tee figures
grep '^broken' figures >>broken.txt || :
printf 'files %s, trades %s, closed by the next start %s, removed as empty %s\n' "$(find $dir -name '*.zst' | wc -l)" \
  "$(wc -l <ids)" "$(grep -c 'closed .*left by a crash' repairs)" "$(grep -c 'removed' repairs)"
[ ! -s broken.txt ]
