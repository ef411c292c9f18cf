# Restores that are killed, run at the same time from different archives, or meet a database of double precision: each row
# is there once.
set -eu
# shellcheck source=tests/e2e/mdbackup/database.inc
. "$MD_TESTS/mdbackup/database.inc"

day=lake/exchange=x/type=trade/symbol=A
mkdir -p "$day"
awk 'BEGIN {
  for (i = 0; i < 200000; ++i)
    printf "{\"type\":\"trade\",\"symbol\":\"A\",\"exchange\":\"x\",\"id\":\"%d\",\"price\":0.1234567890123456789,\"amount\":%d,\"side\":" \
           "\"buy\",\"timestamp\":\"2025-11-02T00:00:00.000000Z\",\"localTimestamp\":\"2025-11-02T00:00:00.000000Z\"}\n", i, i / 3
}' | zstd -q -o "$day/date=2025-11-02.ndjson.zst"
mdbackup export --lake lake --month 2025-11
mdbackup export --lake lake --day 2025-11-02
count() { psql -qXAt -F ' ' "$1" -c 'SELECT count(*), count(DISTINCT id), sum(amount) FROM md.trade'; }

# Killed while rows go to the server: none of them stays.
mdload --init --dsn "$one"
mdbackup restore --dsn "$one" 2025-11.tar &
restore_pid=$!
copying="SELECT count(*) FROM pg_stat_progress_copy WHERE datname = 'one' AND tuples_processed > 0"
until [ "$(psql -qXAt "$one" -c "$copying")" = 1 ]; do :; done
kill -KILL $restore_pid
wait $restore_pid 2>/dev/null || echo "killed"
count "$one"

# A month and its day at once: whoever comes second finds the rows there.
mdbackup restore --dsn "$one" 2025-11.tar &
mdbackup restore --dsn "$one" 2025-11-02.tar
wait $!
count "$one"
mdbackup verify --against "$one" 2025-11.tar 2025-11-02.tar

# What is stored is not what was sent, and is known again.
mdload --init --double --dsn "$two"
mdbackup restore --dsn "$two" 2025-11.tar
mdbackup restore --dsn "$two" 2025-11-02.tar
count "$two"
mdbackup verify --against "$two" 2025-11-02.tar
# A partition that was dropped comes back, though the ledger has the load.
psql -qX "$two" -c 'DROP TABLE md.trade_20251102'
mdbackup restore --dsn "$two" 2025-11.tar
count "$two"
