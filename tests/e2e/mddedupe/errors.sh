# Each kind of bad input and output: its error, its exit code, and no good line lost.
set -eu
market=$MD_TESTS/mddedupe/market.awk
awk -v lines=2000 -v seed=5 -f "$market" >good.ndjson
try() { # NAME COMMAND...
  name=$1
  shift
  code=0
  "$@" >out 2>err || code=$?
  printf '%s: exit %s, %s lines\n' "$name" "$code" "$(wc -l <out)"
  cut -c1-100 err
}

{ head -n 1000 good.ndjson; echo garbage; echo '{"type":"candle"}'; echo; tail -n 1000 good.ndjson; } >garbage.ndjson
try garbage mddedupe garbage.ndjson
cmp out good.ndjson
try strict mddedupe --strict garbage.ndjson
try rejects mddedupe -q --rejects kept garbage.ndjson
cat kept

zstd -q good.ndjson
head -c "$(($(wc -c <good.ndjson.zst) - 10))" good.ndjson.zst >torn.zst
try torn sh -c 'mddedupe torn.zst good.ndjson.zst'
cmp out good.ndjson

{ head -c 100000000 /dev/zero | tr '\0' x; echo; cat good.ndjson; } >long.ndjson
try 'long line' mddedupe long.ndjson
cmp out good.ndjson

: >empty.ndjson
try empty mddedupe empty.ndjson
try both mddedupe empty.ndjson good.ndjson
mkdir nothing
try 'nothing in it' mddedupe nothing
try missing mddedupe good.ndjson missing.ndjson
try 'full disk' sh -c 'mddedupe good.ndjson >/dev/full'
try 'no directory' mddedupe -o nowhere/out good.ndjson
try 'exists' mddedupe -o good.ndjson good.ndjson
try 'no lake' mddedupe --lake good.ndjson/lake good.ndjson
try date mddedupe --date 2026-02-30 good.ndjson
