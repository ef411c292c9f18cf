# A day merged again: what is the same is left alone, what came late is in, an outage that another recorder covered is none.
set -eu

# trade ID TIME [RECEIVED]: of bitstamp, whose ids are unique.
trade() {
  printf '{"type":"trade","symbol":"btcusd","exchange":"bitstamp","id":"%s","price":1,"amount":2,"side":"buy",' "$1"
  printf '"timestamp":"%s","localTimestamp":"%s"}\n' "$2" "${3:-$2}"
}
# connection TYPE TIME
connection() { printf '{"type":"%s","exchange":"bitstamp","symbols":["btcusd"],"localTimestamp":"%s"}\n' "$1" "$2"; }
mkdir -p spool/a/bitstamp spool/b/bitstamp spool/.collect/x/bitstamp
{
  connection connect 2026-05-20T10:00:00.000000Z
  trade 1 2026-05-20T10:00:01.000000Z
  connection disconnect 2026-05-20T10:00:02.000000Z
  connection connect 2026-05-20T10:00:09.000000Z
  trade 4 2026-05-20T23:59:59.999999Z
  trade 5 2026-05-21T00:00:00.000000Z
} | zstd -q >spool/a/bitstamp/2026-05-20T100000Z.ndjson.zst
{
  connection connect 2026-05-20T09:00:00.000000Z
  trade 1 2026-05-20T10:00:01.000000Z 2026-05-20T10:00:01.000001Z
  trade 2 2026-05-20T10:00:03.000000Z
  trade 4 2026-05-20T23:59:59.999999Z
} | zstd -q >late.zst
: | zstd -q >spool/a/bitstamp/2026-05-22T000000Z.ndjson.zst
# Directories of dots hold what is not yet, or not, to be merged.
cp late.zst spool/.collect/x/bitstamp/2026-05-20T090000Z.ndjson.zst

merge() { mddedupe --lake lake --date 2026-05-20 --replace "$@"; }
state() { (cd lake && find . -name '*.zst' -printf '%p %i %T@ %s\n' | LC_ALL=C sort); }
files() { (cd lake && find . -name '*.zst' | LC_ALL=C sort | sed 's,.*/type=\([^/]*\).*,\1,' | uniq -c); }
lines() { zstd -dqc lake/exchange=bitstamp/type="$1"/*/date=2026-05-20.ndjson.zst | sed 's/.*"id":"\(.\)".*/trade \1/'; }

echo '== one recorder, which was down'
merge spool/a
files
lines trade
lines disconnect
state >first

echo '== again: the same files'
merge -v spool 2>&1 | sed 's/^mddedupe: read.*/mddedupe: read .../'
state | cmp first -
echo '== packed otherwise, the same lines'
trades=lake/exchange=bitstamp/type=trade/symbol=btcusd/date=2026-05-20.ndjson.zst
zstd -dqc $trades | zstd -q19 >packed
mv packed $trades
state >second
merge spool
state | cmp second -
echo '== damaged: made anew'
head -c 60 $trades >packed
mv packed $trades
merge spool
lines trade
state >first

echo '== the other recorder came late'
mv late.zst spool/b/bitstamp/2026-05-20T090000Z.ndjson.zst
merge spool
files
lines trade
lines disconnect
lines connect
zstd -tq lake/exchange=bitstamp/type=disconnect/*/*.zst
state >third
merge spool
state | cmp third -
mdcheck lake | tail -n 1

echo '== which days a file concerns'
mddedupe --list-days spool
mddedupe --list-days --date 2026-05-20 spool 2>/dev/null || echo "exit $?"
