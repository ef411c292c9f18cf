# reader [SECONDS]: who reads standard output stops for so long, by SIGSTOP, with --overflow block and drop. The suite's parts
# are slow_reader.sh and overflow.sh of tests/e2e/mdrecord.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$MD_SOURCE/tests/e2e/mdrecord/venue.inc"
seconds=${1:-60}
broken=0
for overflow in block drop; do
  serve --synthesize binance:btcusdt,ethusdt --rate 20000 --duration 0 --start now --trade-id 1000
  mkfifo pipe
  cat pipe >events &
  reader=$!
  mdrecord binance BTCUSDT ETHUSDT --exact --types trade,book_change --ws-url "$address" --overflow $overflow >pipe 2>said &
  recorder=$!
  await lines events 10000
  kill -s STOP $reader
  sleep "$seconds"
  had=$(wc -l <events)
  kill -s CONT $reader
  # What waited is about 300,000 lines; behind it is what tells.
  await lines events $((had + 400000))
  memory=$(awk '/^VmHWM/ { print $2 }' "/proc/$recorder/status")
  kill $recorder
  status=0
  wait $recorder || status=$?
  wait $reader
  kill_now "$server"
  # Trades that are missing in the end, and lines that say so: with numbers, or for the time of an overflow.
  holes=$(jq -r 'if .type == "trade" then "\(.symbol) \(.id)"
      elif .type == "gap" and .channel == "trade" then "gap \(.symbol // "-") \(.prevSeq // "-") \(.seq // "-")"
      else empty end' events | sort -k 1,1 -k 2,2n -k 3,3 |
    awk '$1 == "gap" { told[$2 " " $3 " " $4]; if ($3 == "-") overflow++; next }
      symbol == $1 && $2 > last + 1 { holes[$1 " " last " " $2]; lost += $2 - last - 1 }
      { symbol = $1; last = $2 }
      END {
        for (hole in holes) { count++; if (!(hole in told) && !overflow) untold++ }
        printf "holes in trades %d (%d trades), untold %d", count, lost, untold
      }')
  printf '%s: stopped for %s s; lines %s, gap lines %s, connections lost %s; %s; most memory %s MiB; exit %s\n' $overflow \
    "$seconds" "$(wc -l <events)" "$(grep -c '"type":"gap"' events)" "$(grep -c '"reason":"\(connection\|closed\|overflow:\)' events)" \
    "$holes" $((memory / 1024)) $status
  case $holes in *'untold 0') ;; *) broken=1 ;; esac
  if [ "$memory" -gt 262144 ] || [ $status != 0 ]; then broken=1; fi
  rm -f pipe events
done
exit $broken
