# Lake -> database one; archives of the lake and of database one; each restored gives back every row, once.
set -eu
# shellcheck source=tests/e2e/mdbackup/lake.inc
. "$MD_TESTS/mdbackup/lake.inc"
# shellcheck source=tests/e2e/mdbackup/database.inc
. "$MD_TESTS/mdbackup/database.inc"

make_lake lake
mdload --init --dsn "$one"
find lake -name 'date=2025-11-*' -exec mdload --dsn "$one" {} +

mdbackup export -q --lake lake --month 2025-11 -o lake.tar
mdbackup export -q --dsn "$one" --month 2025-11 -o database.tar
# The same members, byte for byte; the manifests differ by where the rows came from.
mkdir a b
tar xf lake.tar -C a
tar xf database.tar -C b
diff -r -x 'manifest.*' a b
diff -I '"arguments"' a/manifest.json b/manifest.json
mdbackup verify lake.tar database.tar

mdbackup restore --dsn "$two" database.tar
mdbackup restore --dsn "$two" database.tar lake.tar
compare "$one" "$two"
