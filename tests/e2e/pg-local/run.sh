# A program runs as the cluster's owner, with PostgreSQL's own on its PATH, and its exit code is ours.
set -eu
pg_local=$MD_SOURCE/scripts/pg-local
command -v psql >/dev/null || { echo 'PostgreSQL is not installed' >&2; exit 77; }
trap '"$pg_local" stop cluster' EXIT
"$pg_local" start cluster >/dev/null
[ "$("$pg_local" run cluster id -un)" = "$(stat -c %U cluster/data)" ] && echo 'the owner'
"$pg_local" run cluster pg_ctl -D "$PWD/cluster/data" status | sed 's/ (PID.*//; q'
code=0
"$pg_local" run cluster sh -c 'exit 7' || code=$?
echo "$code"
code=0
"$pg_local" run cluster || code=$?
echo "$code"
