# Over TLS only with an authority that is trusted and a certificate for the host.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
command -v openssl >/dev/null || { echo 'openssl is not installed' >&2; exit 77; }
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "$@" 2>>openssl.txt
}
certificate -keyout ca.key -out ca.pem -subj /CN=authority
for host in 127.0.0.1 127.0.0.2; do
  certificate -CA ca.pem -CAkey ca.key -keyout $host.key -out $host.pem -subj /CN=server -addext subjectAltName=IP:$host \
    -addext basicConstraints=critical,CA:FALSE
done
serve --synthesize binance:btcusdt --rate 200 --duration 1 --tls 127.0.0.1.pem 127.0.0.1.key
mdrecord -q binance BTCUSDT --exact --once --ws-url "$address" 2>stranger || echo "unknown authority: $?"
sed -E 's/:[0-9]+/:PORT/' stranger
mdrecord binance btcusdt --once --ws-url "$address" --ca-file ca.pem | grep -c '"type":"connect"'
serve --synthesize binance:btcusdt --rate 200 --duration 1 --tls 127.0.0.2.pem 127.0.0.2.key
mdrecord -q binance BTCUSDT --exact --once --ws-url "$address" --ca-file ca.pem 2>other || echo "other host: $?"
sed -E 's/:[0-9]+/:PORT/' other
