# Twenty holes cut at random into books and trades, found exactly, with the numbers on both sides; none in the uncut stream,
# nor in the stream merged again from two damaged halves.
set -eu
market=$MD_TESTS/mddedupe/market.awk
awk -v lines=60000 -v seed=6 -f "$market" >whole.ndjson
mdcheck whole.ndjson | tail -n 1

# Each cut takes 1 to 9 messages of one stream, and notes what stood on both sides.
awk '
  function number(line, key,   rest) {
    match(line, "\"" key "\":\"?")
    rest = substr(line, RSTART + RLENGTH)
    return substr(rest, 1, match(rest, /[^0-9]/) - 1)
  }
  BEGIN { srand(8); for (i = 0; i < 20; i++) at[2000 + i * 2800 + int(rand() * 1000)] = 1 }
  { stream = ""
    if (/"type":"trade"/) { stream = /BTCUSDT/ ? "BTCUSDT trade" : "ETHUSDT trade"; n = number($0, "id") }
    if (/"type":"book_change"/) { stream = /BTCUSDT/ ? "BTCUSDT book_change" : "ETHUSDT book_change"; n = number($0, "seq") }
    if (NR in at) due++
    if (stream != "" && due && !(stream in left)) { due--; left[stream] = 1 + int(rand() * 9); before[stream] = last[stream] }
    if ((stream in left) && left[stream] > 0) { left[stream]--; next }
    if (stream in before) { print stream, before[stream], n >"cuts"; delete before[stream]; delete left[stream] }
    if (stream != "") last[stream] = n
    print }' whole.ndjson >cut.ndjson
sort cuts >want
wc -l <want

code=0
mdcheck --json cut.ndjson >report || code=$?
echo "exit $code"
sed -n 's/.*"kind":"hole".*"symbol":"\([^"]*\)","type":"\([^"]*\)".*"prevSeq":\([0-9]*\),"seq":\([0-9]*\).*/\1 \2 \3 \4/p' report | sort | cmp - want
mdcheck cut.ndjson | grep -c '^hole'

awk 'NR % 5 != 1 || NR < 4' whole.ndjson >a.ndjson
awk 'NR % 5 != 3 || NR < 4' whole.ndjson >b.ndjson
mddedupe a.ndjson b.ndjson | mdcheck | tail -n 1
