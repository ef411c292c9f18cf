# A cluster in a directory whose path is longer than a socket's may be: made once, started, killed, started, stopped.
set -eu
pg_local=$MD_SOURCE/scripts/pg-local
command -v psql >/dev/null || { echo 'PostgreSQL is not installed' >&2; exit 77; }
name=$(printf '%0120d' 0)
trap '"$pg_local" stop "$name"' EXIT

code=0
"$pg_local" status "$name" || code=$?
echo "status: $code"

dsn=$("$pg_local" start "$name")
[ "$dsn" = "$("$pg_local" dsn "$name")" ] && [ "$dsn" = "$("$pg_local" start "$name")" ] && echo 'one DSN'
psql -X -q -A -t -c 'CREATE TABLE kept AS SELECT 42 AS answer' "$dsn"
"$pg_local" status "$name" | sed 's/:.*//'
psql -X -A -t -c 'SHOW listen_addresses' "$dsn"

kill -s KILL "$(head -n 1 "$name/data/postmaster.pid")"
"$pg_local" start "$name" >/dev/null 2>log
psql -X -A -t -c 'SELECT answer FROM kept' "$dsn"

"$pg_local" stop "$name"
"$pg_local" stop "$name"
"$pg_local" status "$name" || echo "status: $?"
