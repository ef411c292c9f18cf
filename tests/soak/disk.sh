# disk: a tmpfs of 64 MiB filled up, with events and raw lines, --overflow block and drop. The suite's part is
# tests/e2e/mdrecord/full_disk.sh. Needs root.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$MD_SOURCE/tests/e2e/mdrecord/venue.inc"
[ "$(id -u)" = 0 ] || { echo 'soak: mounting a tmpfs needs root' >&2; exit 77; }
mkdir spool
trap 'umount -l spool 2>/dev/null || :' EXIT
bad=0
broken() { echo "broken: $*"; bad=1; }
for mode in '--overflow block' '--overflow drop' '--raw --overflow block' '--raw --overflow drop'; do
  mount -t tmpfs -o size=64m tmpfs spool
  serve --synthesize binance:btcusdt,ethusdt --rate 40000 --duration 0 --start now
  # Most of it is taken beforehand, as by another program: lines compress ten to one.
  head -c 56M /dev/zero >spool/other
  began=$(date +%s)
  # shellcheck disable=SC2086
  mdrecord binance BTCUSDT ETHUSDT --exact --ws-url "$address" --spool spool --recorder a $mode --retry 15 2>said &
  recorder=$!
  most=0
  while ! ended $recorder; do
    memory=$(awk '/^VmHWM/ { print $2 }' "/proc/$recorder/status")
    [ -z "$memory" ] || most=$memory
    sleep 0.5
  done
  status=0
  wait $recorder || status=$?
  kill_now "$server"
  [ $status = 74 ] || broken "$mode: exit $status: $(tail -n 1 said)"
  [ "$most" -lt 262144 ] || broken "$mode: more than 256 MiB"
  zstd -tq spool/a/binance/*.zst || broken "$mode: a file is damaged"
  ! spooling spool/a/binance || broken "$mode: a file was left open"
  zstd -dcq spool/a/binance/*.zst | tail -n 1 | grep -q '"reason":"overflow' || broken "$mode: no record of the loss"
  printf '%s: exit %s after %s s, most memory %s MiB, lines on disk %s, files %s, said: %s\n' "$mode" $status \
    $(($(date +%s) - began)) $((most / 1024)) "$(zstd -dcq spool/a/binance/*.zst | wc -l)" \
    "$(find spool/a -name '*.zst' | wc -l)" "$(tail -n 1 said | cut -c 1-120)"
  umount spool
done
exit $bad
