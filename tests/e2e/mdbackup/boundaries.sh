# Every row is in exactly one archive of a day and one of a month: at both ends of months, on leap days, at the turn of the
# year, when clocks change in Europe and America, for processes and servers that live in those zones.
set -eu
# shellcheck source=tests/e2e/mdbackup/database.inc
. "$MD_TESTS/mdbackup/database.inc"

days='2023-12-31 2024-01-01 2024-02-28 2024-02-29 2024-03-01 2024-03-09 2024-03-10 2024-03-11 2024-03-30 2024-03-31
  2024-04-01 2024-10-26 2024-10-27 2024-10-28 2024-10-31 2024-11-01 2024-11-02 2024-11-03 2024-11-04'
months='2023-12 2024-01 2024-02 2024-03 2024-04 2024-10 2024-11'
# In each day its first and last microsecond, and both sides of each hour at which some zone's day or clock turns.
times='00:00:00.000000 00:59:59.999999 01:00:00.000000 02:00:00.000000 06:59:59.999999 07:00:00.000000 22:59:59.999999
  23:00:00.000000 23:59:59.999999'
mkdir -p lake/exchange=x/type=trade/symbol=A
for day in $days; do
  for time in $times; do
    printf '{"type":"trade","symbol":"A","exchange":"x","id":"%s","price":1,"amount":2,"side":"buy",' "$day $time"
    printf '"timestamp":"%sT%sZ","localTimestamp":"%sT%sZ"}\n' "$day" "$time" "$day" "$time"
  done >"lake/exchange=x/type=trade/symbol=A/date=$day.ndjson"
done
mdload --init --dsn "$one"
mdload --dsn "$one" lake
jq -r .id lake/*/*/*/*.ndjson | sort >all
ids() { # ARCHIVE...
  for archive in "$@"; do tar xOf "$archive" trades/x/A.csv.zst | zstd -dc | sed 1d | cut -d, -f5; done
}

for zone in Europe/Berlin America/New_York; do
  export TZ="$zone" PGTZ="$zone"
  psql -qX "$server" -c "ALTER SYSTEM SET timezone = '$zone'" -c 'SELECT pg_reload_conf()' >/dev/null
  psql -qX "$server" -c "ALTER DATABASE one SET timezone = '$zone'"
  mkdir "${zone#*/}"
  cd "${zone#*/}"
  for month in $months; do
    mdbackup export --lake ../lake --month "$month" -o "lake-$month.tar"
    mdbackup export --dsn "$one" --month "$month" -o "database-$month.tar"
    # Each row of the month by its UTC date, which is its id's beginning, and no other.
    grep "^$month" ../all | sort >expected
    for from in lake database; do ids "$from-$month.tar" | sort | cmp - expected; done
  done
  for day in $days; do
    mdbackup export --lake ../lake --day "$day" -o "lake-$day.tar"
    grep "^$day" ../all >expected-day
    ids "lake-$day.tar" | sort | cmp - expected-day
  done
  # A few of the database, where a server's zone could show.
  for day in 2024-02-29 2024-03-10 2024-03-31 2024-10-27 2024-11-03 2023-12-31; do
    mdbackup export --dsn "$one" --day "$day" -o "database-$day.tar"
    grep "^$day" ../all >expected-day
    ids "database-$day.tar" | sort | cmp - expected-day
  done
  ids lake-????-??-??.tar | sort | cmp - ../all && echo "$zone: days are all rows, each once"
  ids lake-????-??.tar | sort | cmp - ../all && echo "$zone: months are all rows, each once"
  ids database-????-??.tar | sort | cmp - ../all && echo "$zone: months of the database are all rows, each once"
  mdbackup verify --against "$one" lake-2024-03-10.tar lake-2024-11.tar
  cd ..
done
wc -l <all
