# --timescale where the server has no TimescaleDB: what is missing, exit 78, and nothing made. A schema is of one kind.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
if [ "$(sql "SELECT count(*) FROM pg_available_extensions WHERE name = 'timescaledb'")" != 0 ]; then
  echo "this server has TimescaleDB" >&2
  exit 77
fi

code=0
mdload --init --timescale --dsn "$dsn" 2>log || code=$?
echo "$code: $(sed 's/PostgreSQL [^)]*/PostgreSQL .../' log)"
sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'md'"
mdload --init --dsn "$dsn"
code=0
mdload --init --timescale --dsn "$dsn" || code=$?
echo "created without: $code"
code=0
mdload --timescale --dsn "$dsn" 2>/dev/null || code=$?
echo "without --init: $code"
