# Two that start the same new cluster at once get the same one.
set -eu
pg_local=$MD_SOURCE/scripts/pg-local
command -v psql >/dev/null || { echo 'PostgreSQL is not installed' >&2; exit 77; }
trap '"$pg_local" stop cluster' EXIT

"$pg_local" start cluster >one &
first=$!
"$pg_local" start cluster >two
wait "$first"
cmp one two && psql -X -A -t -c 'SELECT current_user' "$(cat one)"
