# tls [MINUTES] [RATE]: mdsim to mdrecord through TLS, into a spool.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$MD_SOURCE/tests/e2e/mdrecord/venue.inc"
minutes=${1:-30} rate=${2:-20000}
seconds=$((minutes * 60))
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "$@" 2>>openssl.txt
}
certificate -keyout ca.key -out ca.pem -subj /CN=authority
certificate -CA ca.pem -CAkey ca.key -keyout server.key -out server.pem -subj /CN=server \
  -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE
serve --synthesize binance:btcusdt,ethusdt,solusdt,xrpusdt --rate "$rate" --duration "$seconds" --start now \
  --tls server.pem server.key
mdrecord binance BTCUSDT ETHUSDT SOLUSDT XRPUSDT --exact --ws-url "$address" --ca-file ca.pem --spool spool --recorder a \
  --once 2>said &
recorder=$!

# ticks PROCESS: hundredths of a second of CPU time so far.
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat" 2>/dev/null || echo 0; }

# A look each second: time, memory in KiB, ticks of both. Of memory what the recorder itself holds: pages of its program
# file come and go as the kernel has room.
while ! ended $recorder; do
  memory=$(awk '/^RssAnon/ { print $2 }' "/proc/$recorder/status")
  [ -z "$memory" ] || echo "$(date +%s) $memory $(ticks $recorder) $(ticks "$server")" >>looks
  sleep 1
done
status=0
wait $recorder || status=$?
[ "$status" = 0 ] || echo "broken: mdrecord ended with $status: $(tail -n 1 said)"
holes=0
mdcheck spool >report || holes=$?
[ "$holes" = 0 ] || { echo "broken: mdcheck ended with $holes"; grep '^hole' report | head -n 5; }
# shellcheck disable=SC2046 # two numbers
set -- $(zstd -dcq spool/a/binance/*.zst | wc -lc)
compressed=$(cat spool/a/binance/*.zst | wc -c)
# The market lasts as long as it should, or the exchange could not keep its pace. A first minute begins when all is
# allocated, after 10 s; of shorter runs a quarter is a minute.
awk -v wanted="$seconds" -v rate="$rate" -v lines="$1" -v bytes="$2" -v compressed="$compressed" '
  NR == 1 { from = $1; recorder = $3; server = $4 }
  { time[NR] = $1 - from; memory[NR] = $2; if ($2 > most) most = $2 }
  { if ($4 > 0) { until = $1; recorder_end = $3; server_end = $4 } }
  function mean(begin, end, i, sum, n) {
    for (i = 1; i <= NR; i++) if (time[i] >= begin && time[i] < end) { sum += memory[i]; n++ }
    return n ? sum / n : 0
  }
  END {
    took = time[NR]; span = until - from
    minute = wanted < 240 ? wanted / 4 : 60
    first = mean(10, 10 + minute); last = mean(took - minute, took)
    growth = first ? 100 * (last - first) / first : 100
    printf "%-34s %12d s\n", "market", wanted
    printf "%-34s %12.0f\n", "lines", lines
    printf "%-34s %12.0f\n", "lines a second (wanted " rate ")", lines / wanted
    printf "%-34s %12.1f MB, %.1f MB compressed\n", "written", bytes / 1e6, compressed / 1e6
    printf "%-34s %12.1f MiB, then %.1f MiB (%+.1f %%)\n", "own memory, first and last minute", first / 1024, last / 1024, growth
    printf "%-34s %12.1f MiB\n", "own memory, most", most / 1024
    printf "%-34s %12.1f %% of a core\n", "mdrecord", (recorder_end - recorder) / span
    printf "%-34s %12.1f %% of a core\n", "mdsim", (server_end - server) / span
    if (took > wanted * 1.02 + 5) { print "broken: " took " s: the exchange was behind its pace"; bad = 1 }
    if (lines < 0.99 * rate * wanted) { print "broken: fewer lines than messages"; bad = 1 }
    if (growth > 5 || growth < -5) { print "broken: memory is not flat"; bad = 1 }
    if (most > 262144) { print "broken: more than 256 MiB"; bad = 1 }
    exit bad
  }' looks && [ "$status$holes" = 00 ]
