# Memory does not grow with the input: a million lines, as a stream and as a lake, within 64 MiB resident.
set -eu
command -v /usr/bin/time >/dev/null || { echo 'GNU time is not installed' >&2; exit 77; }
market=$MD_TESTS/mddedupe/market.awk

awk -v lines=1000000 -v seed=4 -f "$market" >truth.ndjson
zstd -q -1 truth.ndjson -o a.zst
zstd -q -1 truth.ndjson -o b.zst
/usr/bin/time -f %M -o kilobytes mddedupe a.zst b.zst | cmp - truth.ndjson
/usr/bin/time -f %M -o lake_kilobytes mddedupe a.zst b.zst --lake lake
for used in kilobytes lake_kilobytes; do
  test "$(cat $used)" -lt 65536 || { echo "$used: $(cat $used)"; exit 1; }
done
