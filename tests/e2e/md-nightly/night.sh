# The last nights of a month: two recorders that each lost lines, merged, checked, loaded, archived; days are kept apart, and
# doing it again changes nothing. What comes late is found by what it is about, and what is gone from the spool stays.
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

MD_CONF=/nonexistent MD_SPOOL=spool MD_LAKE=lake MD_ARCHIVE=archive MD_REPORTS=reports MD_STATE=state MD_LOCK=lock MD_KEEP=''
MD_DSN=$("$MD_SOURCE/scripts/pg-local" start database)
trap '"$MD_SOURCE/scripts/pg-local" stop database' EXIT
MD_BARS='' # the rehearsal has them
export MD_BARS MD_CONF MD_SPOOL MD_LAKE MD_ARCHIVE MD_REPORTS MD_STATE MD_LOCK MD_KEEP MD_DSN
mdload --init --dsn "$MD_DSN"

# night DATE: what is left of its mail is what does not depend on how fast it was.
night() {
  code=0
  "$MD_SOURCE/scripts/md-nightly" "$1" >mail || code=$?
  sed 's/, [0-9.]*[KM]*i*B/, SIZE/; /^  steps:/s/ [0-9][0-9]* s/ N s/g' mail
  echo "exit $code"
}
everything() {
  find lake archive -type f -name '[!.]*' -printf '%p %i %s %T@\n' | LC_ALL=C sort
  psql -X -A -t -c 'SELECT * FROM md.load ORDER BY id' "$MD_DSN"
}
count() { psql -X -A -t -c "SELECT count(*) FROM md.trade WHERE $1" "$MD_DSN"; }

echo '== the last day of a month'
night 2024-01-31
find lake archive -name '*.zst' -o -name '*.tar' | LC_ALL=C sort
# Of this day, as many trades as there are in truth: in the database and in the archive.
day='"type":"trade".*"timestamp":"2024-01-31'
[ "$(count true)" = "$(grep -c "$day" truth.ndjson)" ] && echo 'loaded'
[ "$(tar -xOf archive/2024-01.tar trades/binance/BTCUSDT.csv.zst | zstdcat | sed 1d | wc -l)" = \
  "$(grep -c "$day" truth.ndjson)" ] && echo 'archived'
[ -s reports/2024-01-31.txt ] && echo 'reported'
everything >first
night 2024-01-31 >/dev/null
everything | cmp first - && echo 'again: nothing has changed'

echo '== the day after, and the day before it again'
night 2024-02-01
[ "$(count "timestamp >= '2024-02-01Z'")" = "$(grep -c '"type":"trade".*"timestamp":"2024-02-01' truth.ndjson)" ] && echo 'loaded'
everything >first
night 2024-01-31 >/dev/null
everything | cmp first - && echo 'nothing has changed'

echo '== fetched two days later: a trade of the 31st'
trade=$(grep "$day" truth.ndjson | tail -n 1 | sed 's/"id":"[0-9]*"/"id":"1"/; s/"localTimestamp":"2024-01-31/"localTimestamp":"2024-02-02/')
echo "$trade" | zstd -q >spool/b/binance/2024-02-02T120000Z.ndjson.zst
before=$(count true)
night 2024-01-31 | grep '^  database\|^  archive\|exit'
echo "$(($(count true) - before)) more"
everything >first

echo '== gone from the spool: the lake stands in'
rm spool/a/binance/2024-01-31T235950Z.ndjson.zst
night 2024-01-31 | grep '^  spool\|^  database\|^  archive\|exit'
everything | cmp first - && echo 'nothing has changed'

echo '== what would be done'
"$MD_SOURCE/scripts/md-nightly" --dry-run 2024-02-01 | sed "s,$PWD,DIR,g; s/, [0-9.]*[KM]*i*B/, SIZE/"
everything | cmp first - && echo 'nothing has changed'
