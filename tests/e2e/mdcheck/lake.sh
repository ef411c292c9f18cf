# A lake and a spool are read as what they are: gap lines that lie in files of their own, recorders side by side.
set -eu
market=$MD_TESTS/mddedupe/market.awk
# From 23:58:20 on, so that streams go over midnight.
awk -v lines=20000 -v seed=9 -v start=1779321500 -f "$market" >truth.ndjson
mddedupe --lake lake truth.ndjson
mdcheck lake | sed 's/[0-9]* messages*/N messages/'

# A book that both recorders lost: the recorder says so, and a snapshot follows.
awk '/"book_change","symbol":"BTC/ && NR > 10000 && NR < 10100 { next } { print }' truth.ndjson >holed.ndjson
mkdir -p spool/one/binance spool/two/binance
zstd -q truth.ndjson -o spool/one/binance/2026-05-20T235820Z.ndjson.zst
zstd -q holed.ndjson -o spool/two/binance/2026-05-20T235820Z.ndjson.zst
code=0
mdcheck spool >report || code=$?
echo "exit $code"
sed 's/[0-9]* messages*/N messages/; s/[0-9]* to [0-9]*, .*, seq/..., seq/; s/[0-9.]* % covered/N % covered/' report | sed "s|$PWD/||"
mddedupe spool | cmp - truth.ndjson
