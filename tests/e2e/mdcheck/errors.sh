# Bad input: told, counted, the rest checked; exit codes.
set -eu
market=$MD_TESTS/mddedupe/market.awk
awk -v lines=2000 -v seed=5 -f "$market" >good.ndjson
try() { # NAME COMMAND...
  name=$1
  shift
  code=0
  "$@" >out 2>err || code=$?
  printf '%s: exit %s, %s\n' "$name" "$code" "$(tail -n 1 out)"
  cut -c1-100 err
}
{ head -n 1000 good.ndjson; echo garbage; tail -n 1000 good.ndjson; } >garbage.ndjson
try garbage mdcheck garbage.ndjson
try strict mdcheck --strict garbage.ndjson
zstd -q good.ndjson
head -c "$(($(wc -c <good.ndjson.zst) - 10))" good.ndjson.zst >torn.zst
try torn mdcheck torn.zst
: >empty.ndjson
try empty mdcheck empty.ndjson
mkdir nothing
try 'nothing in it' mdcheck nothing
try missing mdcheck missing.ndjson
try 'full disk' sh -c 'mdcheck good.ndjson >/dev/full'
try exists mdcheck -o good.ndjson good.ndjson
try usage mdcheck --silence -1 good.ndjson
