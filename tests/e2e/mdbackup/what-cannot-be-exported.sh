# Each refusal has its exit code and leaves no file behind.
set -eu
# shellcheck source=tests/e2e/mdbackup/lake.inc
. "$MD_TESTS/mdbackup/lake.inc"

make_lake lake
expect 64 mdbackup export --month 2025-11
expect 64 mdbackup export --month 2025-11 --lake lake --dsn dbname=x
expect 64 mdbackup export --month 2025-13 --lake lake
expect 64 mdbackup export --month 2025-11 --lake lake -o -
expect 66 mdbackup export --month 2025-11 --lake missing
# An empty archive would pass for a backup.
expect 66 mdbackup export --month 2027-01 --lake lake
expect 66 mdbackup export --month 2025-11 --lake lake --exchange kraken
expect 69 mdbackup export --month 2025-11 --dsn "host=$PWD/nowhere connect_timeout=2"
expect 73 mdbackup export -q --month 2025-11 --lake lake -o missing/a.tar

echo precious >2025-11.tar
expect 73 mdbackup export -q --month 2025-11 --lake lake
[ "$(cat 2025-11.tar)" = precious ] || echo "replaced"
expect 0 mdbackup export -q --month 2025-11 --lake lake --replace
mdbackup verify 2025-11.tar
rm 2025-11.tar

find . -maxdepth 1 -name '*tar*' -o -maxdepth 1 -name '.mdbackup*'
