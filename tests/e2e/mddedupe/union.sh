# Two recordings, each with a tenth of its lines lost but none in both: the merged stream is the whole one, byte for byte,
# in every compression, and however many copies there are.
set -eu
market=$MD_TESTS/mddedupe/market.awk

awk -v lines=50000 -v seed=1 -f "$market" >truth.ndjson
awk 'BEGIN { srand(2) }
     { lost = rand(); if (lost >= 0.1) print >"a.ndjson"; if (lost < 0.1 || lost >= 0.2) print >"b.ndjson" }' truth.ndjson
test "$(wc -l <a.ndjson)" -lt 46000
test "$(wc -l <b.ndjson)" -lt 46000

mddedupe a.ndjson b.ndjson | cmp - truth.ndjson
mddedupe b.ndjson a.ndjson | cmp - truth.ndjson
zstd -q a.ndjson
gzip b.ndjson
mddedupe a.ndjson.zst - <b.ndjson.gz | cmp - truth.ndjson
mddedupe truth.ndjson a.ndjson.zst truth.ndjson b.ndjson.gz -o merged.ndjson.zst
zstd -dqc merged.ndjson.zst | cmp - truth.ndjson
# A small window is enough where the clocks agree.
mddedupe --window 64 a.ndjson.zst b.ndjson.gz | cmp - truth.ndjson
