# Each kind of bad input and output: its error, its exit code, and no good line lost.
set -eu
mdsim --synthesize binance:btcusdt --rate 100 --duration 20 --seed 3 --print >good.raw
mdnorm good.raw >good.events
try() { # NAME COMMAND...
  name=$1
  shift
  code=0
  "$@" >out 2>err || code=$?
  printf '%s: exit %s' "$name" "$code"
  if cmp -s out good.events; then echo ', all events'; else printf ', %s events\n' "$(wc -l <out)"; fi
  cut -c1-110 err
}

stamp='"exchange":"binance","localTimestamp":"2024-01-01T00:00:01.000000Z","connection":1'
{
  head -n 1000 good.raw
  echo garbage
  echo "{\"type\":\"raw\",$stamp,\"data\":{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"s\":\"BTCUSDT\"}}}"
  echo "{\"type\":\"raw\",$stamp,\"data\":{\"stream\""
  echo '{"type":"raw","exchange":"nowhere","localTimestamp":"2024-01-01T00:00:01.000000Z","data":{}}'
  echo '{"type":"candle"}'
  tail -n +1001 good.raw
} >garbage.raw
try garbage mdnorm garbage.raw
try strict mdnorm --strict garbage.raw
try rejects mdnorm -q --rejects kept garbage.raw
wc -l <kept

zstd -q good.raw -o whole.zst
head -c "$(($(wc -c <whole.zst) - 4))" whole.zst >torn.zst
try torn mdnorm torn.zst
{ head -c 100000000 /dev/zero | tr '\0' x; echo; cat good.raw; } >long.raw
try 'long line' mdnorm long.raw

: >empty.raw
try empty mdnorm empty.raw
try both mdnorm empty.raw good.raw
try directory mdnorm .
try missing mdnorm missing.raw
sed 's/}$/,"more":{"a":1}}/' good.raw >more.raw
try 'more fields' mdnorm more.raw
try types mdnorm --types candle good.raw
try exchange mdnorm --exchange nowhere good.raw
try stamped sh -c "sed -n 's/.*\"data\"://;s/}\$//;4p' good.raw | sed 's/^/1704067201000000000 /' | mdnorm"
try 'full disk' sh -c 'mdnorm good.raw >/dev/full'
try 'no directory' mdnorm -o nowhere/out good.raw
try exists mdnorm -o good.raw good.raw
ls
