# --faults: what goes wrong with requests and with connections, as any client sees it.
set -eu
# shellcheck source=tests/e2e/mdsim/sim.inc
. "$MD_TESTS/mdsim/sim.inc"
need curl

cat >rules <<'RULES'
# one rule a line
refuse nth=1 status=429 retry=5s path=/api/v3/depth
refuse nth=2 status=418 path=/api/v3/depth
slow   nth=1 by=30s path=/api/v3/time
deny   nth=1 status=503 retry=1s
close  age=10ms code=1012 connection=1
cut    age=10ms connection=2
reset  age=10ms connection=3
halfopen age=10ms connection=4
shutdown age=10ms connection=5
RULES
start_sim --synthesize binance:btcusdt --faults @rules --fault-log log

get() {
  curl -sS -o answer -D headers -w '%{http_code} ' "$rest$1"
  tr -d '\r' <headers | grep -i '^retry-after' || echo
}
get '/api/v3/depth?symbol=BTCUSDT'
get '/api/v3/depth?symbol=BTCUSDT'
get '/api/v3/depth?symbol=BTCUSDT'
curl -s --max-time 0.5 "$rest/api/v3/time" || echo "curl $?"

socket() {
  curl -s -N --max-time 20 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
    -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' "$rest/stream" "$@" >"$frames" 2>stderr || code=$?
}
frames=denied code=0
socket
cat denied && echo
# After a close frame the server waits for the client's: curl gives none.
for frames in close cut reset; do
  code=0
  socket --max-time 2
  echo "$frames $code $(od -An -tx1 -N 4 $frames)"
done
# Nobody is there for the fourth: not even the close frame of a simulator that ends. The fifth is told, and gets one.
frames=halfopen
socket &
await grep -q halfopen log
frames=shutdown
socket &
await grep -q serverShutdown shutdown
kill -TERM "$sim"
wait
echo "halfopen $(wc -c <halfopen)"
tail -c +3 shutdown | head -c 62 | sed 's/[0-9]*}}$//'
echo
sed -E 's/"time":"[^"]*"/"time":""/; s/"E":[0-9]*/"E":0/' log
cat sim.stderr
