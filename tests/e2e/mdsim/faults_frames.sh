# --faults: what a recorder misses is what the fault log says was taken from it, and nothing else.
set -eu
# shellcheck source=tests/e2e/mdsim/sim.inc
. "$MD_TESTS/mdsim/sim.inc"
need jq

# Ids that jq, whose numbers are doubles, can tell apart. Of now: trades that an answer by REST has before they came live are
# taken for missing once they are old.
market='--synthesize binance:btcusdt --rate 2000 --duration 4 --update-id 1000 --start now'
# shellcheck disable=SC2086
start_sim -v $market --fault-log log --fault-seed 7 \
  --faults 'drop nth=300 count=3 type=trade; drop nth=900 count=2 type=trade; drop chance=2% type=trade' \
  --faults 'duplicate chance=2% type=trade; drop nth=500 type=book_change'
mdrecord -q binance btcusdt --types trade,book_change --once --ws-url "$url" --rest-url "$rest" >events
wait "$sim"
jq -r 'select(.fault == "drop" and .type == "trade").data | fromjson.data.t' log >dropped
jq -r 'select(.fault == "duplicate").data | fromjson.data.t' log >doubled
head -5 dropped
[ "$(wc -l <dropped)" -gt 10 ]
[ "$(wc -l <doubled)" -gt 20 ]
# shellcheck disable=SC2086
mdsim $market --print | mdnorm | jq -r 'select(.type == "trade").id' >truth
# A double is known by its id. What was dropped is asked for again, or else a gap.
grep -vxF -f dropped truth >expected
jq -r 'select(.type == "trade" and .backfilled != true).id' events | cmp - expected
{ jq -r 'select(.backfilled).id' events
  jq -r 'select(.type == "gap" and .channel == "trade") | range(.prevSeq + 1; .seq)' events; } | sort >found
sort dropped | comm -12 - truth | cmp - found
# The book's hole: the recorder says where.
jq -r 'select(.type == "book_change").data | fromjson.data | "lost \(.U) to \(.u)"' log
jq -c 'select(.type == "gap" and .channel == "book_change" and .reason == "sequence") | del(.timestamp, .localTimestamp)' events
# -v tells the same.
grep '^mdsim: {' sim.stderr | sed 's/^mdsim: //' | cmp - log
