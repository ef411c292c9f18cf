#!/bin/sh
# instructions: a guard against becoming slower that does not measure time. Counts by callgrind(1) the instructions that
# the hot paths take on fixed inputs, and compares them with instructions.baseline beside this script. More than
# TOLERANCE per cent above is a failure (exit 1); so many below are told, as the baseline is then worth an update.
#
#   instructions.sh BUILD_DIR BUILD_TYPE [--update]
#
# Inputs come from mdsim, from tests/bench/programs/market and from golden cases. Where one is not the baseline's, the
# count means nothing: that is a failure too, until --update writes the baseline anew. Exit 77 where it cannot be done:
# not the release build, no valgrind, or no bench programs (-DMD_BENCH=ON, target bench_programs).
set -eu

TOLERANCE=3
LC_ALL=C
export LC_ALL
source=$(cd "$(dirname -- "$0")/../.." && pwd)
baseline=$source/tests/bench/instructions.baseline
build=$1 type=$2 update=${3:-}

skip() { printf 'instructions: %s\n' "$*" >&2; exit 77; }
[ "$type" = Release ] || skip "counted in the release build only"
command -v valgrind >/dev/null || skip "valgrind is not installed: scripts/setup --bench brings it"
for program in bin/mdnorm bin/mddedupe bin/mdcheck bin/mdsim bench/market bench/event_work; do
  [ -x "$build/$program" ] || skip "'$program' is not built: cmake -DMD_BENCH=ON, target bench_programs"
done

scratch=$(mktemp -d "${TMPDIR:-/tmp}/md-instructions.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# repeated VENUE: its golden cases again and again, 4 MB.
repeated() {
  cat "$source/tests/golden/$1"/*.raw.ndjson >once
  : >"$1.raw"
  while [ "$(wc -c <"$1.raw")" -lt 4000000 ]; do cat once >>"$1.raw"; done
}
for venue in coinbase okx bybit deribit; do repeated $venue; done
for venue in binance kraken; do
  symbol=btcusdt
  [ $venue = binance ] || symbol=BTC/USD
  "$build/bin/mdsim" --synthesize "$venue:$symbol" --print --rate 1000 --duration 10 >"$venue.raw"
done
market="$build/bench/market --symbols 2 --trades 20000 --books 10000"
$market >day 2>/dev/null
$market --lose-trades 10000 --lose-books 10000 >lossy 2>/dev/null

# count NAME INPUT COMMAND...: a line "name instructions sum-of-input".
count() {
  name=$1 input=$2
  shift 2
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" >out 2>said || [ $? = 1 ] ||
    { tail -n 5 said >&2; printf 'instructions: %s failed\n' "$name" >&2; exit 70; }
  # shellcheck disable=SC2086 # one file or several
  printf '%s %s %s\n' "$name" "$(sed -n 's/^.*Collected : *//p' said)" "$(cat $input | cksum | tr ' ' -)"
}
{
  count start /dev/null "$build/bin/mdnorm" --version
  for venue in binance bybit coinbase deribit kraken okx; do
    count "mdnorm.$venue" "$venue.raw" "$build/bin/mdnorm" "$venue.raw"
  done
  count mddedupe 'day lossy' "$build/bin/mddedupe" lossy day
  count mdcheck lossy "$build/bin/mdcheck" lossy
  for work in read write rows; do count "event_work.$work" day "$build/bench/event_work" $work day; done
} >counted

if [ "$update" = --update ]; then
  {
    printf '# Instructions of hot paths (tests/bench/instructions.sh): name, count, sum of the input. Renewed by\n'
    printf '# scripts/bench instructions --update, on Debian 12, x86-64. A commit that raises a count says why.\n'
    cat counted
  } >"$baseline"
  exit 0
fi
awk -v tolerance=$TOLERANCE '
  FILENAME == ARGV[1] { if ($0 !~ /^#/) { before[$1] = $2; sum[$1] = $3; left[$1] } next }
  { delete left[$1] }
  !($1 in before) { printf "%-18s %14d  not in the baseline\n", $1, $2; bad = 1; next }
  sum[$1] != $3 { printf "%-18s %14d  another input than the baseline has\n", $1, $2; bad = 1; next }
  {
    change = 100 * ($2 / before[$1] - 1)
    word = change > tolerance ? "MORE" : change < -tolerance ? "less: worth --update" : ""
    printf "%-18s %14d  %+6.2f %%  %s\n", $1, $2, change, word
    if (change > tolerance) bad = 1
  }
  END {
    for (name in left) { printf "%-18s is no longer counted\n", name; bad = 1 }
    if (bad) printf "above the baseline by more than %s %%, or not comparable; scripts/bench instructions --update renews it\n", tolerance
    exit bad
  }' "$baseline" counted
