# A flipped byte, a cut, a foreign member: verify says which member; list refuses what it cannot trust.
set -eu
# shellcheck source=tests/e2e/mdbackup/lake.inc
. "$MD_TESTS/mdbackup/lake.inc"

make_lake lake
mdbackup export -q --lake lake --month 2025-11
mkdir bad
# A byte of a member's content.
tar xOf 2025-11.tar manifest.json >m
offset=$(jq '.members[] | select(.table == "quotes") | .headerOffset + .headerBytes + 20' m)
cp 2025-11.tar bad/flipped.tar
printf '\377' | dd of=bad/flipped.tar bs=1 seek="$offset" conv=notrunc status=none
expect 1 mdbackup verify bad/flipped.tar 2025-11.tar
expect 0 mdbackup list bad/flipped.tar >listing # its manifest is whole

# A digit of the manifest.
sed 's/"rows": 3,/"rows": 4,/' 2025-11.tar >bad/manifest.tar
expect 1 mdbackup verify bad/manifest.tar
expect 65 mdbackup list bad/manifest.tar

# The end gone, with and without the manifest.
size=$(wc -c <2025-11.tar)
head -c $((size - 700)) 2025-11.tar >bad/cut.tar
expect 1 mdbackup verify bad/cut.tar
head -c "$offset" 2025-11.tar >bad/half.tar
expect 1 mdbackup verify --json bad/half.tar

# By other programs: a member added, a member taken out.
cp 2025-11.tar bad/added.tar
cp 2025-11.tar bad/deleted.tar
echo hello >hello
tar rf bad/added.tar hello
tar f bad/deleted.tar --delete quotes/binance/BTCUSDT.csv.zst
expect 1 mdbackup verify bad/added.tar bad/deleted.tar

: >bad/empty.tar
head -c 20480 /dev/zero >bad/zeros.tar
expect 1 mdbackup verify bad/empty.tar bad/zeros.tar

# A quick look reads no member: what is wrong inside one it does not see.
expect 0 mdbackup verify --quick bad/flipped.tar 2025-11.tar
expect 1 mdbackup verify --quick bad/manifest.tar 2>/dev/null

# All in one run: each has its verdict, and what is missing its error; a directory stands for what is in it.
expect 66 mdbackup verify bad/flipped.tar missing.tar bad 2025-11.tar

# What is not there is not whole.
mkdir none
expect 66 mdbackup verify none
