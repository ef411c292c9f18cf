# A signal ends it in good order: whole lines, a disconnect record, the spool file closed, status 0, within five seconds.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt --rate 300 --duration 0 --seed 3
for signal in TERM INT; do
  # A shell without job control has background jobs ignore SIGINT; a child of env does not.
  env --default-signal=INT mdrecord binance BTCUSDT --exact --ws-url "$address" >events &
  to_stdout=$!
  env --default-signal=INT mdrecord binance BTCUSDT --exact --ws-url "$address" --spool spool --recorder a &
  to_spool=$!
  await lines events 100
  await spooling spool/a/binance
  begin=$(date +%s)
  kill -s "$signal" "$to_stdout" "$to_spool"
  wait "$to_stdout"
  wait "$to_spool"
  [ $(($(date +%s) - begin)) -lt 5 ]
  tail -n 1 events | sed 's/"localTimestamp.*//'
  zstd -dcq spool/a/binance/*.zst | tail -n 1 | sed 's/"localTimestamp.*//'
  find spool/a/binance -name '2*' -printf '%f\n' | sed -E 's/[0-9]+/N/g'
  rm -rf spool events
done
