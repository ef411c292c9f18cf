# The connection is lost in the midst: a file is begun anew and loaded once, its bad lines told once; a pipe cannot be
# read again and says so by its exit code.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
lose() { sql "SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity WHERE application_name = 'mdtools' AND $1"; }

mdload --init --dsn "$dsn"
{ echo bad; trades 5000 2026-11-20; } >a.ndjson
hold_ledger
mdload --dsn "$dsn" a.ndjson &
loader=$!
wait_for_loaders 1
lose "wait_event_type = 'Lock'"
wait_for_loaders 1
release
code=0
wait "$loader" || code=$?
echo "exit: $code"
sql 'SELECT count(*), count(DISTINCT id) FROM md.trade'

mkfifo pipe
mdload --dsn "$dsn" pipe &
loader=$!
exec 8>pipe
trades 20000 2026-11-21 >&8
wait_until 'SELECT count(*) = 1 FROM pg_stat_progress_copy WHERE tuples_processed > 0'
lose true
trades 1 2026-11-22 >&8
exec 8>&-
code=0
wait "$loader" || code=$?
echo "exit: $code"
sql 'SELECT count(*), count(DISTINCT id) FROM md.trade'

# The server stops for good.
trades 10 2026-11-23 >b.ndjson
stop_database
trap - EXIT
code=0
mdload --retries 0 --dsn "$dsn" b.ndjson || code=$?
echo "exit: $code"
