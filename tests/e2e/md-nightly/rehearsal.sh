# Two nights of three recorder hosts, one down for an hour, one with a torn file and one still open, to lake, database,
# archives and two remotes; and again, which changes nothing.
set -eu
rate=1
# shellcheck disable=SC2153 # MD_TESTS and MD_HOSTS are two things
# shellcheck source=tests/e2e/md-nightly/rehearsal.inc
. "$MD_TESTS/md-nightly/rehearsal.inc"

night 2024-02-28
grep '^  recorder\|^  missing' mail.2024-02-28
grep '^  warning' mail.2024-02-28 | sed "s,$PWD,DIR,; s,'[^']*/,'.../,; s/[0-9]* bytes/N bytes/; s/zst:[0-9]*:/zst:N:/"
night 2024-02-29
grep '^  recorder\|^  missing\|^  rows\|^  archive' mail.2024-02-29 | sed 's/, [0-9.]*[KM]*i*B/, SIZE/'

lake_is_truth
database_is_truth
for archive in second offsite; do
  (cd $archive && find . -name '*.tar' | LC_ALL=C sort)
  archive_is_truth $archive/2024-02.tar
done
everything >first

echo '== again'
night 2024-02-28
night 2024-02-29
grep '^  lake\|^  database\|^  archive' mail.2024-02-29 | sed 's/, [0-9.]*[KM]*i*B/, SIZE/'
everything | cmp first - && echo 'nothing has changed'
