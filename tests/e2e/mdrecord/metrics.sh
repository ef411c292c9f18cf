# A recorder is seen from outside while it records: by a scraper, and by whoever reads its status file.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
command -v curl >/dev/null || { echo 'curl is not installed' >&2; exit 77; }
serve --synthesize binance:btcusdt --rate 300 --duration 0 --seed 4
: >log.txt
mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a --flush 0.05 --metrics 127.0.0.1:0 \
  --status status.txt 2>>log.txt &
recorder=$!
await grep -q 'metrics at' log.txt
url=$(sed -n 's/^mdrecord: metrics at //p' log.txt)
# at_least NAME[LABELS] VALUE
at_least() {
  curl -sf --noproxy '*' "$url" >page.txt || return 1
  awk -v name="mdrecord_$1" -v least="$2" '$1 == name && $2 + 0 >= least { found = 1 } END { exit !found }' page.txt
}
await at_least 'messages_total{venue="binance"}' 100
await at_least 'events_total{venue="binance",type="trade"}' 20
await at_least 'output_written_bytes_total{venue="binance"}' 1000
at_least 'connection_open{venue="binance",connection="1"}' 1
at_least 'feed_delay_seconds_count{venue="binance"}' 20
grep -c '^mdrecord_feed_delay_seconds{.*quantile' page.txt
grep '^mdrecord_gaps_total' page.txt
# Seconds since the last message, while messages come: hardly any. The venue stops talking, and they grow.
at_least 'seconds_since_last_message{venue="binance",connection="1"}' 5 && echo 'silent?'
kill -s STOP "$server"
await at_least 'seconds_since_last_message{venue="binance",connection="1"}' 1
kill -s CONT "$server"
await grep -qE '^messages +[1-9]' status.txt
sed -n '1,2p' status.txt
for path in / /metrics/ /..; do
  curl -s --noproxy '*' --path-as-is -o answer.txt -w '%{http_code}\n' "${url%/metrics}$path"
done
kill "$recorder"
wait "$recorder"
grep '^state' status.txt
grep -v "metrics at" log.txt || :
mdrecord binance BTCUSDT --exact --ws-url "$address" --metrics nowhere >/dev/null || echo "$?"
NOTIFY_SOCKET=nowhere mdrecord binance BTCUSDT --exact --ws-url "$address" >/dev/null || echo "$?"
