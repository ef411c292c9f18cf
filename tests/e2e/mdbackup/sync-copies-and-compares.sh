# Archives to a remote: only whole ones, never over another, compared afterwards; a sample of them read back.
set -eu
# shellcheck source=tests/e2e/mdbackup/lake.inc
. "$MD_TESTS/mdbackup/lake.inc"
# shellcheck source=tests/e2e/mdbackup/remote.inc
. "$MD_TESTS/mdbackup/remote.inc"

make_lake lake
mkdir local
mdbackup export --lake lake --month 2025-11 -o local
mdbackup export --lake lake --day 2025-11-20 -o local
expect 66 mdbackup verify --remote far:archives
expect 0 mdbackup sync --remote far:archives local
expect 0 mdbackup sync --remote far:archives local
for archive in local/*.tar; do cmp "$archive" "far/archives/${archive#local/}"; done
expect 0 mdbackup verify --remote far:archives --sample 100% local
mdbackup verify --remote far:archives | sed 's/, [0-9]* members\{0,1\} read/, some read/'
mdbackup list --remote far:archives | grep -c '^far:archives/2025'
mdbackup list local/2025-11.tar | sed 1d >here
mdbackup list --remote far:archives | sed '1,/2025-11.tar/d' | cmp - here

# Not sent: what is damaged here, and what is another archive there.
cp local/2025-11.tar whole.tar
mdbackup export --lake lake --month 2025-11 --symbol sOLUSDT -o local --replace
expect 1 mdbackup sync --remote far:archives local/2025-11.tar
expect 1 mdbackup verify --remote far:archives local/2025-11.tar --json | jq -r '[.archive, .verdict, .faults[].problem] | join(" ")'
cmp whole.tar far/archives/2025-11.tar
expect 0 mdbackup sync --replace --remote far:archives local/2025-11.tar
cmp local/2025-11.tar far/archives/2025-11.tar
cp whole.tar local/2025-11.tar
printf x | dd of=local/2025-11.tar bs=1 seek=540 conv=notrunc status=none
expect 1 mdbackup sync --replace --remote far:archives local/2025-11.tar
printf x >>local/2025-11.tar
expect 1 mdbackup sync --replace --remote far:archives local/2025-11.tar

# The beginning of an archive, as a copy that broke off leaves it, is no archive and is overwritten.
cp whole.tar local/2025-11.tar
head -c 3000 whole.tar >far/archives/2025-11.tar
expect 1 mdbackup verify --remote far:archives local/2025-11.tar
expect 0 mdbackup sync --remote far:archives local/2025-11.tar

# A byte that changed at the remote, in a member.
printf x | dd of=far/archives/2025-11.tar bs=1 seek=540 conv=notrunc status=none
expect 1 mdbackup verify --remote far:archives --sample 100%
expect 1 mdbackup sync --remote far:archives local/2025-11.tar

expect 69 mdbackup sync --remote nowhere:x local
mkdir bin
ln -s "$(command -v mdbackup)" bin/mdbackup
PATH=$PWD/bin expect 69 mdbackup sync --remote far:archives local
expect 64 mdbackup verify --remote far: --sample 0%
expect 64 mdbackup verify
