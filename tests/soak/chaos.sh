# chaos [RUNS]: seeds 1 to RUNS of tests/e2e/mdrecord/chaos.inc.
set -eu
# shellcheck source=tests/e2e/mdrecord/venue.inc
. "$MD_SOURCE/tests/e2e/mdrecord/venue.inc"
# shellcheck source=tests/e2e/mdrecord/chaos.inc
. "$MD_SOURCE/tests/e2e/mdrecord/chaos.inc"
if [ "${1:-}" = one ]; then
  mkdir "$2"
  cd "$2"
  chaos_run "$2" | tee said
  grep -q 'the merge is the truth$' said || exit 1
  cd ..
  mv "$2/said" "said.$2"
  rm -r "$2"
  exit 0
fi
runs=${1:-200}
seq "$runs" | xargs -P "${SOAK_JOBS:-2}" -n 1 sh "$MD_SOURCE/tests/soak/chaos.sh" one || :
set -- said.*
[ -e "$1" ] || set -- /dev/null
cat "$@" | awk -v runs="$runs" '
  { gsub(/[,:]/, ""); faults += $3; told += $7 }
  END {
    printf "runs %d, as promised %d, faults %d, holes told by a gap %d\n", runs, NR, faults, told
    exit NR != runs
  }'
