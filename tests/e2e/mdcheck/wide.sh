# A range with more partitions than the server has locks, which one statement over all of it cannot read.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$MD_TESTS/mdload/database.inc"

mdload --init --dsn "$dsn"
# A trade in each fourth month of two years, and a partition for each fourth day.
sql "DO \$\$
DECLARE day date;
BEGIN
  FOR day IN SELECT generate_series(date '2027-01-01', date '2028-12-28', interval '1 month')::date LOOP
    FOR i IN 0..6 LOOP
      EXECUTE format('CREATE TABLE md.trade_%s (LIKE md.trade INCLUDING DEFAULTS)', to_char(day + i * 4, 'YYYYMMDD'));
    END LOOP;
  END LOOP;
END \$\$"
# (Attached one by one, in transactions that the server can bear.)
sql "SELECT format('ALTER TABLE md.trade ATTACH PARTITION md.%I FOR VALUES FROM (''%s 00:00:00Z'') TO (''%s 00:00:00Z'');', relname, d, d + 1)
     FROM (SELECT relname, to_date(right(relname, 8), 'YYYYMMDD') d FROM pg_class WHERE relname ~ '^trade_[0-9]{8}\$' AND relkind = 'r') p" >attach.sql
psql -X -q -d "$dsn" -f attach.sql
awk 'BEGIN { for (m = 0; m < 24; m += 4) {
  time = sprintf("%d-%02d-01T00:00:00.000000Z", 2027 + int(m / 12), m % 12 + 1)
  printf "{\"type\":\"trade\",\"symbol\":\"A\",\"exchange\":\"kraken\",\"id\":\"%d\",\"price\":1,\"amount\":1,\"side\":\"buy\",\"timestamp\":\"%s\",\"localTimestamp\":\"%s\"}\n", m / 4 + 1, time, time } }' >events
mddedupe --lake lake events
mdload --dsn "$dsn" lake

sql 'ALTER SYSTEM SET max_locks_per_transaction = 10'
sql 'ALTER SYSTEM SET max_connections = 10'
sql 'ALTER SYSTEM SET superuser_reserved_connections = 0'
sql 'ALTER SYSTEM SET max_worker_processes = 1'
sql 'ALTER SYSTEM SET max_wal_senders = 0'
sql 'ALTER SYSTEM SET autovacuum_max_workers = 1'
"$MD_SOURCE/scripts/pg-local" stop "$cluster"
"$MD_SOURCE/scripts/pg-local" start "$cluster" >/dev/null
sql 'SELECT min("timestamp") FROM md.trade' 2>&1 | head -n 1

mdcheck lake >report
mdcheck --dsn "$dsn" | cmp - report
tail -n 1 report
mdcheck --against lake --dsn "$dsn"
mdcheck --latest --dsn "$dsn" | tail -n 1 | cut -c 1-44
mdcheck --stats --dsn "$dsn" | tail -n 1 | cut -c 1-30
