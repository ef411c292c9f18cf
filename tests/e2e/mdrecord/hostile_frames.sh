# A peer that sends a gigabyte in one frame, in one message without end, in pings: the connection ends with a reason, memory
# stays small, and the recorder goes on trying.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
perl -MDigest::SHA -MIO::Socket::INET -e 1 2>/dev/null || { echo 'needs perl' >&2; exit 77; }
perl "$MD_TESTS/mdrecord/hostile_peer.pl" address.txt &
await test -s address.txt
: >events
mdrecord binance BTCUSDT --exact --ws-url "$(cat address.txt)" --types trade >>events 2>said &
recorder=$!
disconnects() { [ "$(grep -c '"type":"disconnect"' events)" -ge "$1" ]; }
await disconnects 2
grep '"type":"disconnect"' events | head -n 2 | grep -o '"reason":.*",' | sed 's/,"localTimestamp.*//'
# Pings are answered, so the third one lasts until all are through, or the peer is found out.
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$recorder/status")
[ "$peak" -lt $((256 * 1024)) ] || echo "peak: $peak kB"
kill "$recorder"
wait "$recorder"
