# What cannot be done is said, with the exit code of each kind.
set -eu
pg_local=$MD_SOURCE/scripts/pg-local
try() {
  code=0
  "$pg_local" "$@" || code=$?
  echo "$code"
}
try
try begin here
touch file
try start file/cluster
PG_BINDIR=/nonexistent try start cluster
