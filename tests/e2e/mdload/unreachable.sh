# No database, the wrong one, none of ours, one that may not be written: the error, its exit code, and no password.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
trades 10 2026-11-20 >a.ndjson
attempt() {
  code=0
  "$@" 2>log || code=$?
  echo "$code: $(sed "s|$PWD||g; s|socket \".*\" failed|socket ... failed|; s|port [0-9]*|port ...|; s|knows only [0-9]*|knows only ...|" log)"
}

attempt mdload --dsn "$dsn" a.ndjson
attempt mdload --init --dsn "$dsn"
attempt mdload --dsn "host=$PWD/nowhere" --retries 0 a.ndjson
attempt mdload --dsn "$dsn dbname=other password=hunter2" a.ndjson
attempt mdload --dsn 'postgresql://md:hunter2@[::1/md' a.ndjson
attempt mdload --dsn 'nonsense=hunter2' a.ndjson
attempt env PGOPTIONS='-c default_transaction_read_only=on' mdload --dsn "$dsn" a.ndjson
attempt mdload --dsn "$dsn" missing.ndjson a.ndjson
attempt mdload --dsn "$dsn" missing
attempt mdload --dsn "$dsn" --replace --double a.ndjson
sql 'SELECT count(*) FROM md.trade'

# A database that libpq's environment names.
trades 10 2026-11-21 >b.ndjson
PGHOST=$(sed 's/.*host=\([^ ]*\).*/\1/' dsn)
PGPORT=$(sed 's/.*port=\([^ ]*\).*/\1/' dsn)
PGDATABASE=md PGUSER=md
export PGHOST PGPORT PGDATABASE PGUSER
mdload b.ndjson
sql 'SELECT count(*) FROM md.trade'

# One of an encoding that has no place for symbols, and one that a newer program has made.
sql "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
attempt mdload --init --dsn "$dsn dbname=latin"
sql "INSERT INTO md.migration VALUES (1000, 'future', 'mdload 9')"
attempt mdload b.ndjson
attempt mdload --init
