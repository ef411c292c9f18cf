# REST on the WebSocket's port, and a good end by signal.
set -eu
. "$MD_TESTS/mdsim/sim.inc"
need curl

start_sim --synthesize binance:btcusdt
curl -sS "$rest/api/v3/exchangeInfo" | grep -o '"symbol":"[A-Z]*","status":"TRADING"'
curl -sS "$rest/api/v3/depth?symbol=BTCUSDT&limit=5" | grep -o '^{"lastUpdateId":9007199254740992,"bids":\[\["'
curl -sS -o answer -w '%{http_code} %{content_type}\n' "$rest/api/v3/nothing"
cat answer && echo
curl -sS -o answer -w '%{http_code}\n' -X DELETE "$rest/api/v3/depth?symbol=BTCUSDT"
# Two requests, one connection.
curl -sS -o answer -o answer -w '%{num_connects}\n' "$rest/api/v3/exchangeInfo" "$rest/api/v3/exchangeInfo"
curl -sS -o answer -w '%{http_code}\n' -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
  -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' "$rest/nowhere"
kill -TERM "$sim"
wait "$sim"
cat sim.stderr
