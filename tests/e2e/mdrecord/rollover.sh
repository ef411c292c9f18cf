# Forced closes, announced or at an age, cost nothing: another connection is opened first.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"

# whole_market NAME ARGUMENT...: records all of a market; no trade of it between the first and the last is missing.
whole_market() {
  name=$1
  shift
  mdrecord binance BTCUSDT --exact --ws-url "$address" --types trade --raw --once --status status.txt "$@" >"$name.raw" 2>"$name.log"
  grep -o '"t":[0-9]*' "$name.raw" | cut -d: -f2 | sort -nu >"$name.ids"
  missing=$(awk 'NR > 1 { n += $1 - last - 1 } { last = $1 } END { print n + 0 }' "$name.ids")
  echo "$name: $missing missing, $(grep -c '"beside"' "$name.raw" | awk '{ print ($1 >= 3 ? "three or more" : $1) }') taken over"
  grep -q '[1-9][0-9]* rollovers' status.txt
  cat "$name.log"
}

market='--synthesize binance:btcusdt --rate 500 --duration 12'
# shellcheck disable=SC2086
serve $market --seed 1 --faults 'shutdown age=1.5s; close age=4s code=1001'
whole_market announced --max-age 8
grep -o '"reason":"serverShutdown"' announced.raw | sort -u
# shellcheck disable=SC2086
serve $market --seed 2 --faults 'close age=4s code=1001'
whole_market scheduled --max-age 4
grep -o '"reason":"the venue.s maximum age"' scheduled.raw | sort -u
