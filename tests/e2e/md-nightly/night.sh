# The last night of a month: two recorders that each lost lines, merged, checked, loaded, archived; the days on both sides
# of midnight are kept apart, and doing it again changes nothing.
set -eu
command -v psql >/dev/null || { echo 'PostgreSQL is not installed' >&2; exit 77; }
for tool in mdsim mdnorm mddedupe mdcheck mdload mdbackup; do
  command -v $tool >/dev/null || { echo "$tool is not built" >&2; exit 77; }
done

mdsim --print --synthesize binance:btcusdt --rate 100 --duration 20 --seed 7 --start 2024-01-31T23:59:50Z |
  mdnorm >truth.ndjson
for recorder in a b; do
  mkdir -p spool/$recorder/binance
  # No line is missing in both. What begins a feed (connect, the first snapshot) stays.
  if [ $recorder = a ]; then rest=0; else rest=5; fi
  awk -v rest=$rest 'NR < 100 || NR % 10 != rest' truth.ndjson |
    zstd -q >spool/$recorder/binance/2024-01-31T235950Z.ndjson.zst
done

MD_CONF=/nonexistent MD_SPOOL=spool MD_LAKE=lake MD_ARCHIVE=archive MD_REPORTS=reports MD_LOCK=lock
MD_DSN=$("$MD_SOURCE/scripts/pg-local" start database)
trap '"$MD_SOURCE/scripts/pg-local" stop database' EXIT
export MD_CONF MD_SPOOL MD_LAKE MD_ARCHIVE MD_REPORTS MD_LOCK MD_DSN
mdload --init --dsn "$MD_DSN"

night() {
  code=0
  "$MD_SOURCE/scripts/md-nightly" 2024-01-31 || code=$?
  echo "exit $code"
  find lake archive -name '*.zst' -o -name '*.tar' | sort
  # Of this day, as many trades as there are in truth: in the database and in the archive.
  day='"type":"trade".*"timestamp":"2024-01-31'
  [ "$(psql -X -A -t -c 'SELECT count(*) FROM md.trade' "$MD_DSN")" = "$(grep -c "$day" truth.ndjson)" ] && echo 'loaded'
  [ "$(tar -xOf archive/2024-01.tar trades/binance/BTCUSDT.csv.zst | zstdcat | sed 1d | wc -l)" = \
    "$(grep -c "$day" truth.ndjson)" ] && echo 'archived'
  [ -s reports/2024-01-31.txt ] && echo 'reported'
}
grep -q '"type":"trade".*"timestamp":"2024-02-01' truth.ndjson && echo 'truth goes on after midnight'
night
night
