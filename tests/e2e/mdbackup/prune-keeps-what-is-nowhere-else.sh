# Archives go only if the policy does not keep them and all that is in them is, verified, elsewhere.
set -eu
# shellcheck source=tests/e2e/mdbackup/lake.inc
. "$MD_TESTS/mdbackup/lake.inc"
command -v rclone >/dev/null || {
  echo "no rclone here" >&2
  exit 77
}
RCLONE_CONFIG=$PWD/rclone.conf
export RCLONE_CONFIG
: >rclone.conf

make_lake lake
mkdir local remote
export_to() { mdbackup export --lake lake -o local "$@"; }
for day in 2025-11-01 2025-11-02 2025-11-20 2025-11-30 2025-12-01; do export_to --day $day; done
export_to --month 2025-10
export_to --month 2025-11
for policy in '' daily 'daily 7,' 'daily -1' 'daily 7, daily 8' 'weekly 4' 'daily 7 monthly 3' 'daily 7, monthly some'; do
  expect 64 mdbackup prune --keep "$policy" local
done

expect 0 mdbackup prune --dry-run --keep 'daily 2, monthly all' local
ls local | wc -l
# A row that came after the month's archive: that of the day has what the month's has not.
zstd -dc lake/*/type=trade/symbol=sOLUSDT/date=2025-11-02.ndjson.zst | sed 's/"id":"1"/"id":"late"/' |
  zstd -q >>lake/exchange=binance/type=trade/symbol=sOLUSDT/date=2025-11-02.ndjson.zst
export_to --day 2025-11-02 --replace
expect 0 mdbackup prune --keep 'monthly all,daily 2' local

# A month's archive with a changed byte is no reason to let a day go.
export_to --month 2025-11 --replace
cp local/2025-11.tar whole.tar
printf x | dd of=local/2025-11.tar bs=1 seek=540 conv=notrunc status=none
expect 1 mdbackup prune --keep 'daily 2' local
# Nor is a copy at the remote that differs; one that is the same is.
cp whole.tar local/2025-11.tar
mdbackup sync -q --remote "$PWD/remote" local >/dev/null
printf x | dd of=remote/2025-10.tar bs=1 seek=540 conv=notrunc status=none
expect 0 mdbackup prune --keep 'daily 0, monthly 1' --remote "$PWD/remote" local | sed "s|$PWD/||"
cp local/2025-10.tar remote/2025-10.tar
echo 'no archive' >local/notes.tar
cp whole.tar local/other.tar
expect 1 mdbackup prune --keep 'daily 0, monthly 0' --remote "$PWD/remote" local | sed "s|$PWD/||"
ls local remote
expect 66 mdbackup prune --keep 'daily 1' missing
