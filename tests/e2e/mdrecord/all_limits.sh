# Two thousand books are begun within what the venue bears, which bans whoever asks for more. The limits are Binance's, six
# hundred times as fast: a snapshot weighs 250 of 6000 a minute.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
symbols=$(awk 'BEGIN { for (i = 1; i <= 2000; i++) printf "%sS%dUSDT", (i > 1 ? "," : ""), i }')
serve --synthesize "binance:$symbols" --rate 4000 --duration 0 --levels 16 --rest-limit 60000/1 --connect-limit 60/60 \
  --message-limit 5/1
# begun COUNT: so many books have their snapshot.
begun() { [ "$(grep -c '"isSnapshot":true' events)" -ge "$1" ]; }

mdrecord binance --all --types book_change --ws-url "$address" --rest-weight 60000/1 -v >events 2>log.txt &
recorder=$!
await begun 2000
await grep -q 'books: 2000 of 2000 have their snapshot' log.txt
kill "$recorder"
wait "$recorder"
grep '"isSnapshot":true' events | grep -o '"symbol":"[A-Z0-9]*"' | sort -u | wc -l | tr -d ' '
grep -c '"type":"gap"' events || :
[ "$(grep -c 'books: [0-9]* of [0-9]* have' log.txt)" -gt 1 ] && echo 'told on the way'
grep -c 'HTTP [45]' log.txt || :
kill "$server"
wait "$server"
cat server.txt

# One who would spend two hundred times as much is banned, stays away as long as it is told to, and gets what it wants in the
# end. The venue is slow, so that four requests are under way when the first is refused.
serve --synthesize "binance:$(echo "$symbols" | cut -d, -f1-60)" --rate 4000 --duration 0 --levels 16 --rest-limit 5000/1 \
  --faults 'slow every=1 by=50ms path=/depth'
: >events
mdrecord binance --all --types book_change --ws-url "$address" --rest-weight 1000000/1 >events 2>log.txt &
recorder=$!
await begun 60
kill "$recorder"
wait "$recorder"
kill "$server"
wait "$server"
grep -o '"symbol":"[A-Z0-9]*"' events | sort -u | wc -l | tr -d ' '
grep -o 'HTTP 4[0-9]*' log.txt | sort -u
sed -E 's/[0-9]+/N/g' server.txt | sort -u
