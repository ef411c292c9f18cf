# What mdsim serves of a real capture is recorded as mdnorm reads it: the same events but for when they came.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
[ -n "${MD_CAPTURES:-}" ] || { echo 'MD_CAPTURES is not set: no captures' >&2; exit 77; }
# What has no time of its own has ours.
content() {
  grep -vE '^\{"type":"(dis)?connect"' "$1" |
    sed -E 's/,"localTimestamp":"[^"]*"//; /"book_ticker"|"isSnapshot":true/s/,"timestamp":"[^"]*"//' | sort
}
for venue in binance binance-futures okx coinbase bitstamp; do
  capture=$MD_CAPTURES/$venue.raw.ndjson.zst
  mdnorm "$capture" >normalised
  serve --speed max "$capture"
  # shellcheck disable=SC2046
  mdrecord "$venue" $(sed -n 's/.*"symbol":"\([^"]*\)".*/\1/p' normalised | sort -u) --exact --once --ws-url "$address" >recorded
  content normalised >expected
  content recorded >found
  [ -s expected ] && cmp expected found && echo "$venue"
done
