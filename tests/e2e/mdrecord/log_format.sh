# Lines on standard error for machines: pairs of key and value, one line each, whatever the text holds; errors too.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
serve --synthesize binance:btcusdt --rate 100 --duration 1 --seed 4
mdrecord -v binance BTCUSDT --exact --once --ws-url "$address" --log-format logfmt >events 2>log.txt
grep -vcE '^time=[-0-9T:.]{26}Z level=(info|warn) tool=mdrecord venue=binance msg="([^"\\]|\\.)*"$' log.txt || :
sed -n 's/^time=[^ ]* //; s#ws://[^"]*#ADDRESS#; 1p' log.txt
mdrecord binance BTCUSDT --exact --log-format logfmt --status "$(printf 'no"ne/x\\y\tz\nw')" 2>error.txt || echo "$?"
sed 's/^time=[^ ]* //' error.txt
mdrecord binance BTCUSDT --log-format xml || echo "$?"
