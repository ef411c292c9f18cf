# A market over midnight into a lake: a file for each stream and day, each line once, each day's book standing alone.
set -eu
market=$MD_TESTS/mddedupe/market.awk

# From 23:58:20 on.
awk -v lines=30000 -v seed=2 -v start=1779321500 -f "$market" >truth.ndjson
mkdir -p spool/a/binance spool/b/binance
# Recorder a rotated its file; a file being written is not read.
head -n 10000 truth.ndjson | zstd -q >spool/a/binance/2026-05-20T235820Z.ndjson.zst
tail -n +10001 truth.ndjson | zstd -q >spool/a/binance/2026-05-21T000000Z.ndjson.zst
echo garbage >spool/a/binance/2026-05-21T010000Z.ndjson.zst.part
awk 'NR % 7' truth.ndjson | zstd -q >spool/b/binance/2026-05-20T235821Z.ndjson.zst

mddedupe --lake lake spool
(cd lake && find . -name '*.zst' | LC_ALL=C sort)
find lake -name '*.part'

# The lines are those of the truth, and two books at midnight.
find lake -name '*.zst' | LC_ALL=C sort | while read -r file; do zstd -dqc "$file"; done | sort >lines
sort truth.ndjson | comm -13 - lines | sed 's/"bids.*"seq"/... "seq"/; s/"seq":[0-9]*/"seq":N/; s/"localTimestamp":"2026-05-21T00:00:0.*/.../'
sort truth.ndjson | comm -23 - lines
# Sorted, and of their day by the exchange's time.
for file in lake/*/*/*/*.zst; do
  zstd -dqc "$file" | sed 's/.*"localTimestamp":"//' | sort -c
  day=${file##*date=}
  case $file in *type=connect*) continue ;; esac
  zstd -dqc "$file" | grep -v "\"timestamp\":\"${day%%.*}" || :
done
# The second day alone has no hole.
mdcheck lake/exchange=binance/type=book_change/symbol=*/date=2026-05-21* | sed 's/: [0-9]* messages.*/ .../' | grep -v streams

# What exists is not replaced unawares; one day can be.
mddedupe --lake lake spool || echo "exit $?"
before=$(cat lake/*/*/*/date=2026-05-20* | cksum)
rm lake/exchange=binance/type=trade/symbol=BTCUSDT/date=2026-05-21.ndjson.zst
mddedupe --lake lake --replace --date 2026-05-21 spool/a spool/b
test "$before" = "$(cat lake/*/*/*/date=2026-05-20* | cksum)"
zstd -dqc lake/exchange=binance/type=trade/symbol=BTCUSDT/date=2026-05-21.ndjson.zst |
  cmp - "$(grep '"trade","symbol":"BTC.*"timestamp":"2026-05-21' truth.ndjson >want; echo want)"
# A merge of the lake is the stream again: the books at midnight say nothing that the chain did not.
mddedupe lake | cmp - truth.ndjson
