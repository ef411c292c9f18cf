# Two recorders of one feed, faults of a seed at one or the other: merged they have all of it, and each says what it lacks.
# scripts/soak chaos runs 200.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$(dirname "$0")/venue.inc"
# shellcheck source=tests/e2e/mdrecord/chaos.inc
. "$(dirname "$0")/chaos.inc"
command -v jq >/dev/null || { echo 'jq is not installed' >&2; exit 77; }
# In parallel: a run waits for the market most of the time.
for run in 1 2 3 4 5; do
  mkdir $run
  (
    cd $run
    chaos_run $run >said || :
  ) &
done
wait
sed 's/: .*: /: /' [1-5]/said
