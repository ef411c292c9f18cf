# A file is known by its content and by its name: a copy is not loaded twice, other content under the same name only with
# --replace, which leaves exactly the new lines; and late rows of another file for the same day are all loaded.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
count() { sql 'SELECT count(*), count(DISTINCT id) FROM md.trade'; }

mdload --init --dsn "$dsn"
trades 100 2026-11-20 >a.ndjson
cp a.ndjson copy.ndjson
mdload --dsn "$dsn" a.ndjson copy.ndjson ./a.ndjson
count

# The second recorder's rows, of the same times and older ones.
trades 150 2026-11-20 >second.ndjson
mdload --dsn "$dsn" second.ndjson
count

# A later merge has rewritten the day.
trades 120 2026-11-20 >a.ndjson
trades 5 2026-11-21 >>a.ndjson
code=0
mdload --dsn "$dsn" a.ndjson 2>log || code=$?
echo "exit: $code"
sed "s|$PWD||; s/at 20.* (/at ... (/" log
count
mdload --dsn "$dsn" --replace a.ndjson
mdload --dsn "$dsn" --replace a.ndjson
count
sql "SELECT regexp_replace(name, '.*/', ''), rows, replaced_by IS NULL FROM md.load ORDER BY id"

# And back: what it was before is not in the database any more.
cp copy.ndjson a.ndjson
mdload -v --dsn "$dsn" --replace a.ndjson
count

# Now the same content as another file, which is loaded: only what it was goes.
cp second.ndjson a.ndjson
mdload --dsn "$dsn" --replace a.ndjson
count

# A file that is being written while it is read: its hash would be of other bytes than its rows.
trades 10 2026-11-25 >growing.ndjson
hold 'LOCK TABLE md.load IN ACCESS EXCLUSIVE MODE'
mdload --dsn "$dsn" growing.ndjson 2>log &
loader=$!
wait_for_loaders 1
trades 1 2026-11-26 >>growing.ndjson
release
code=0
wait "$loader" || code=$?
echo "exit: $code, $(cat log)"
count
