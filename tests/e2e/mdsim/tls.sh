# --tls: wss and https with the certificate given.
set -eu
. "$MD_TESTS/mdsim/sim.inc"
need openssl
need curl

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=IP:127.0.0.1 2>/dev/null
start_sim --synthesize binance:btcusdt --duration 1 --tls cert.pem key.pem
echo "$url" | sed 's/[0-9]*$//'
curl -sS --cacert cert.pem "https${url#wss}/api/v3/exchangeInfo" | grep -o '"BTCUSDT"'
mdrecord -q binance btcusdt --types trade --once --ca-file cert.pem --ws-url "$url" --rest-url "https${url#wss}" >events
grep -q '"type":"trade"' events
wait "$sim"
cat sim.stderr
