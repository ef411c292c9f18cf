# A name that no DNS server knows: said once in a while, tried again without end, and SIGTERM ends it in good order.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
: >said
mdrecord -v binance BTCUSDT --exact --ws-url wss://no-such-host.invalid >events 2>>said &
recorder=$!
tried() { [ "$(grep -c 'no-such-host.invalid' said)" -ge "$1" ]; }
await tried 2
if ended "$recorder"; then echo "it gave up"; fi
kill "$recorder"
wait "$recorder"
cat events
# Why depends on what is asked for names here.
head -n 1 said | sed "s/': .*/'/"
