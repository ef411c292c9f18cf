# rows [MILLIONS]: so many million events of ten days through lake, database and archive and back, with time and memory.
set -eu
millions=${1:-100}
limit_kb=$((512 * 1024))
command -v /usr/bin/time >/dev/null || { echo 'GNU time is not installed' >&2; exit 69; }
broken() { echo "broken: $*" | tee -a broken.txt; }

# run NAME COMMAND...: with the seconds it takes and the most memory it has; its answer is kept.
run() {
  name=$1
  shift
  code=0
  /usr/bin/time -f '%e %M' -o used "$@" || code=$?
  awk -v name="$name" -v rows="$rows" 'END { printf "%-28s %8.1f s  %9.0f rows/s  %6.0f MiB\n", name, $1, rows / ($1 > 0 ? $1 : 0.1),
    $2 / 1024 }' used
  [ "$(awk 'END { print $2 }' used)" -lt $limit_kb ] || broken "$name used more than 512 MiB"
  [ "$code" = 0 ] || broken "$name ended with $code"
}

# The last of them is a leap day and the end of a month. Quotes, two of five messages, are left out.
rows=$((millions * 1000000))
seconds=$((10 * 86400))
mdsim --print --synthesize binance:btcusdt,ethusdt,solusdt,xrpusdt --start 2024-02-20T00:00:00Z --duration $((seconds - 1)) \
  --rate $((rows * 17 / 10 / seconds + 1)) | mdnorm - | grep -E '"type":"(trade|book_change)"' | zstd -q -1 -o events.zst
rows=$(zstd -dcq events.zst | wc -l)
run 'merge into the lake' mddedupe --lake lake events.zst
rm events.zst
printf '%s rows in %s, %s of lake\n' "$rows" "$(find lake -name '*.zst' | wc -l) files" "$(du -sh lake | cut -f 1)"
run 'check of the lake' mdcheck -o lake.txt lake

stop() { "$MD_SOURCE/scripts/pg-local" stop "$PWD/database" >/dev/null 2>&1 || :; }
trap stop EXIT
dsn=$("$MD_SOURCE/scripts/pg-local" start "$PWD/database")
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
mdload --init --dsn "$dsn"
run 'load, -j 2' mdload --dsn "$dsn" -j 2 lake
printf 'database %s\n' "$(sql "$dsn" -c 'SELECT pg_size_pretty(pg_database_size(current_database()))')"
mkdir archive
run 'export, -j 2' mdbackup export --dsn "$dsn" --month 2024-02 -j 2 -o archive
printf 'archive %s\n' "$(du -sh archive | cut -f 1)"
run 'verify' mdbackup verify archive
sql "$dsn" -c 'CREATE DATABASE again'
again=$(printf '%s' "$dsn" | sed 's/dbname=md /dbname=again /')
run 'restore' mdbackup restore --dsn "$again" archive/2024-02.tar
run 'lake against what came back' mdcheck --against lake --dsn "$again" -o again.txt

# Partitions, each on its own. What takes time is the file system's removal of its files.
sql "$dsn" -c "SELECT inhrelid::regclass FROM pg_inherits WHERE inhrelid::regclass::text ~ '_202402[0-9]{2}\$'" >partitions
while read -r partition; do
  begin=$(date +%s%N)
  sql "$dsn" -c "DROP TABLE $partition" </dev/null
  took=$((($(date +%s%N) - begin) / 1000000))
  echo "drop of $partition: $took ms"
  [ $took -lt 1000 ] || broken "dropping $partition took more than a second"
done <partitions
[ -s partitions ] || broken 'there are no partitions'
[ ! -e broken.txt ]
