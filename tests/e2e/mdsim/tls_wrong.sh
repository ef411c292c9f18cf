# --tls with certificates that a client must refuse: one for another host, and one that nobody signed.
set -eu
# shellcheck source=tests/e2e/mdsim/sim.inc
. "$MD_TESTS/mdsim/sim.inc"
need openssl
need curl

certificate() { # NAME SUBJECTALTNAME
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 2 -subj "/CN=$1" \
    -addext "subjectAltName=$2" 2>/dev/null
}
certificate other DNS:venue.example
certificate here IP:127.0.0.1
for served in other here; do
  start_sim --synthesize binance:btcusdt --tls "$served.pem" "$served.key"
  secure=https${url#wss}
  for trusted in other here; do
    code=0
    curl -s -o /dev/null --cacert "$trusted.pem" "$secure/api/v3/exchangeInfo" || code=$?
    mdrecord binance btcusdt --types trade --ca-file "$trusted.pem" --ws-url "$url" --rest-url "$secure" \
      >"$served.$trusted" 2>"$served.$trusted.stderr" &
    recorder=$!
    if [ "$served $trusted" = 'here here' ]; then
      await grep -qs '"type":"trade"' "$served.$trusted"
    else
      await grep -qis certificate "$served.$trusted.stderr"
    fi
    kill -TERM "$recorder"
    wait "$recorder" || :
    echo "$served, trusting $trusted: curl $code, $(grep -c '"type":"trade"' "$served.$trusted" | sed 's/^[1-9][0-9]*$/some/') trades"
  done
  kill -TERM "$sim"
  wait "$sim"
done
sed -E 's/127.0.0.1:[0-9]+/HOST/g' other.other.stderr | head -1
