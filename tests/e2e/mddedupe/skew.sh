# Two recorders whose clocks and lines differ: the merged stream has every message once, is sorted, and its books rebuild.
set -eu
market=$MD_TESTS/mddedupe/market.awk

awk -v lines=20000 -v seed=3 -f "$market" | grep -v '"type":"connect"' >truth.ndjson
# Moves the microseconds of localTimestamp (the market's lines lie within minutes of 10:00) and drops lines; `timestamp`
# follows where the venue gives none.
record() { # SEED DELAY LOST_FROM LOST_TO
  awk -v seed="$1" -v delay="$2" -v from="$3" -v to="$4" '
    BEGIN { srand(99); state = seed }
    { lost = rand(); state = (state * 69069 + 1) % 4294967296
      at = match($0, /"localTimestamp":"/) + 18
      iso = substr($0, at, 27)
      us = (substr(iso, 15, 2) * 60 + substr(iso, 18, 2)) * 1000000 + substr(iso, 21, 6) + delay + state % 20000
      if (us < last) us = last
      last = us
      new = substr(iso, 1, 14) sprintf("%02d:%02d.%06dZ", int(us / 60000000), int(us / 1000000) % 60, us % 1000000)
      if (NR > 3 && lost >= from && lost < to) next
      gsub(iso, new); print }' truth.ndjson
}
record 1 0 0 0.1 >a.ndjson
record 2 300000 0.1 0.2 >b.ndjson
mddedupe a.ndjson b.ndjson >merged.ndjson

sed 's/.*"localTimestamp":"//' merged.ndjson | sort -c
# But for the times, each message is there once.
plain() { sed 's/,"timestamp.*//' "$1" | sort; }
plain truth.ndjson >want
plain merged.ndjson | cmp - want
# Each change begins where the last one ended.
grep book_change merged.ndjson | grep -c '"isSnapshot":true'
for symbol in BTCUSDT ETHUSDT; do
  grep book_change merged.ndjson | grep "$symbol" | sed 's/.*"asks":\[[^]]*\],//; s/,"timestamp.*//; s/"[a-zA-Z]*"://g' |
    awk -F, -v symbol=$symbol 'NF == 2 && $1 != last { holes++ } { last = $NF } END { print symbol, (NR > 2000), holes + 0 }'
done
