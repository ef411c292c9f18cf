# The acceptance of a capture served: mdrecord of it gives the events that mdnorm gives.
set -eu
. "$MD_TESTS/mdsim/sim.inc"
need jq
[ -n "${MD_CAPTURES:-}" ] || { echo 'MD_CAPTURES is not set' >&2; exit 77; }

for venue in binance binance-futures bitstamp coinbase okx; do
  capture=$MD_CAPTURES/$venue.raw.ndjson.zst
  mdnorm "$capture" >truth
  symbols=$(jq -r '.symbol // empty' truth | sort -u)
  start_sim --speed max "$capture"
  # shellcheck disable=SC2086 # symbols are words
  mdrecord -q "$venue" $symbols --exact --once --ws-url "$url" --rest-url "$rest" >recorded
  wait "$sim"
  bare truth >truth.bare
  bare recorded >recorded.bare
  if cmp -s truth.bare recorded.bare; then echo "$venue: the same"; else
    diff truth.bare recorded.bare | head -5
  fi
done
