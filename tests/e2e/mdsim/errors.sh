# What cannot be served, and how it is said.
set -eu

try() {
  code=0
  mdsim "$@" || code=$?
  echo "$code"
}
: >empty
echo garbage >garbage
printf '{"type":"raw","exchange":"nowhere","localTimestamp":"2024-01-01T00:00:00Z","data":1}\n' >nowhere
try
try missing
try /
try empty
try garbage
try nowhere
try -
try --synthesize binance:x --listen 127.0.0.1:70000
try --synthesize binance:x --listen 192.0.2.1:80
try --synthesize binance:x --speed 0
try --synthesize okx:BTC-USDT
try --synthesize kraken:BTCUSD
try --synthesize binance:x --start yesterday
try --synthesize binance:x --faults 'drop'
try --synthesize binance:x --faults 'drop nth=1; explode nth=2'
try --synthesize kraken:X/USD --faults 'shutdown age=1s'
try --synthesize binance:x --faults @missing
printf '# fine\ndrop nth=1 by=3s\n' >rules
try --synthesize binance:x --faults @rules
try --synthesize binance:x --print --faults 'drop nth=1'
try --synthesize binance:x --fault-log missing/log
try --synthesize binance:x --tls missing.pem missing.key
try --synthesize binance:x --tls garbage garbage
mdsim --synthesize binance:x --print --duration 5 >/dev/full || echo $?
mdsim --synthesize binance:x >/dev/full || echo $?
