# Killed after its last row and before its commit: nothing is there, and a second run loads every line once.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

# More than a batch before its second day is met.
trades 15000 2026-11-20 >a.ndjson
trades 15000 2026-11-21 >>a.ndjson
mdload --init --dsn "$dsn"

hold_ledger
mdload --dsn "$dsn" a.ndjson &
loader=$!
wait_for_loaders 1
kill -s KILL "$loader"
wait "$loader" 2>/dev/null || echo "killed: $?"
release
wait_until "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'mdtools'"
sql 'SELECT count(*) FROM md.trade'

# In the midst of a COPY from a pipe that never ends.
mkfifo pipe
mdload --dsn "$dsn" pipe &
loader=$!
exec 8>pipe
cat a.ndjson >&8
wait_until 'SELECT count(*) = 1 FROM pg_stat_progress_copy WHERE tuples_processed > 0'
kill -s KILL "$loader"
wait "$loader" 2>/dev/null || echo "killed: $?"
exec 8>&-
wait_until "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'mdtools'"
sql 'SELECT count(*) FROM md.trade'

mdload --dsn "$dsn" a.ndjson
mdload --dsn "$dsn" a.ndjson
sql 'SELECT count(*), count(DISTINCT (id, "timestamp")), min(id), max(id) FROM md.trade'
sql 'SELECT rows FROM md.load'
