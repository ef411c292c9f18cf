# Standard input and pipes: whole or not at all, and known again by their lines.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
count() { sql 'SELECT count(*) FROM md.trade'; }

mdload --init --dsn "$dsn"
trades 3000 2026-11-20 >a.ndjson
mdload --dsn "$dsn" <a.ndjson
count
# Compressed or not, from a file or not: these lines are loaded.
zstd -q <a.ndjson | mdload -v --dsn "$dsn"
mkfifo fifo
cat a.ndjson >fifo &
mdload -v --dsn "$dsn" fifo
mdload -v --dsn "$dsn" a.ndjson
count
trades 10 2026-11-21 | mdload --dsn "$dsn" -
count
sql 'SELECT name, rows FROM md.load ORDER BY id'

# SIGTERM before the commit: nothing of it stays. The shell sees the signal.
trades 100 2026-11-22 >b.ndjson
hold_ledger
mdload --dsn "$dsn" b.ndjson &
loader=$!
wait_for_loaders 1
kill "$loader"
code=0
wait "$loader" 2>/dev/null || code=$?
echo "exit: $code"
release
count
