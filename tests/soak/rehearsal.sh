# rehearsal RATE: the nights of tests/e2e/md-nightly/rehearsal.sh with RATE (20) messages a second, and how long they take.
set -eu
MD_TESTS=$MD_SOURCE/tests/e2e
export MD_TESTS
rate=${1:-20}
# shellcheck disable=SC2153 # MD_TESTS and MD_HOSTS are two things
# shellcheck source=tests/e2e/md-nightly/rehearsal.inc
. "$MD_TESTS/md-nightly/rehearsal.inc"
bad=0
for date in 2024-02-28 2024-02-29; do
  night $date
  cat mail.$date
done
grep -q '^  recorder c: no data 13:00-14:00 UTC (binance); covered by a, b$' mail.2024-02-28 || bad=1
lake_is_truth || bad=1
database_is_truth || bad=1
for archive in second offsite; do archive_is_truth $archive/2024-02.tar || bad=1; done
everything >first
for date in 2024-02-28 2024-02-29; do night $date; done
everything | cmp first - && echo 'nothing has changed' || bad=1
exit $bad
