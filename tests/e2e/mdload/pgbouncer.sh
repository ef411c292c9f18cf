# Behind PgBouncer in transaction mode a session is whichever connection is free: nothing may be kept in it, and nothing
# left behind. Loaded twice, with -j 2, and as a source; a limit on statements that the server sets does not end a load.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

# What a site may set for people's queries, and another place on earth.
sql "ALTER DATABASE md SET idle_in_transaction_session_timeout = '300ms'"
sql "ALTER DATABASE md SET TimeZone = 'Asia/Seoul'"

socket=$(sed 's/.*host=\([^ ]*\).*/\1/' dsn)
bouncer=$(mktemp -d /tmp/md-bouncer.XXXXXX)
stop_all() {
  [ ! -s "$bouncer/pid" ] || kill "$(cat "$bouncer/pid")" 2>/dev/null || :
  stop_database
  rm -rf "$bouncer"
}
trap stop_all EXIT
cat >"$bouncer/ini" <<END
[databases]
md = host=$socket port=5432 dbname=md user=md
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = $bouncer
auth_type = any
pool_mode = transaction
default_pool_size = 4
logfile = $bouncer/log
pidfile = $bouncer/pid
END
# It refuses to run as root: then it runs as the cluster's owner.
pgbouncer=$(PATH=$PATH:/usr/sbin command -v pgbouncer) || { echo 'no pgbouncer' >&2; exit 77; }
owner=$(stat -c %U "$socket")
if [ "$(id -u)" = 0 ]; then
  chown -R "$owner" "$bouncer"
  setpriv --reuid "$owner" --regid "$(id -g "$owner")" --init-groups "$pgbouncer" -q -d "$bouncer/ini"
else
  "$pgbouncer" -q -d "$bouncer/ini"
fi
pooled="host=$bouncer port=6432 dbname=md user=md"
tries=0
until psql -X -q -A -t -d "$pooled" -c 'SELECT 1' >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || { cat "$bouncer/log" >&2; exit 1; }
  sleep 0.1
done

mdload --init --dsn "$pooled"
for day in 20 21 22 23; do
  for symbol in A B C; do
    mkdir -p "lake/exchange=binance/type=trade/symbol=$symbol"
    trades 500 "2026-11-$day" "$symbol" >"lake/exchange=binance/type=trade/symbol=$symbol/date=2026-11-$day.ndjson"
  done
done
mdload -j 2 --dsn "$pooled" lake
mdload -j 2 --dsn "$pooled" lake
sql "SELECT symbol, count(*), sum(price), min(\"timestamp\" AT TIME ZONE 'UTC') FROM md.trades GROUP BY 1 ORDER BY 1"

# A pipe that is silent for longer than the limit: of the transaction, not of the session that another one had.
mkfifo pipe
mdload --dsn "$pooled" pipe &
loader=$!
exec 8>pipe
trades 20000 2026-11-24 >&8
wait_until "SELECT count(*) = 1 FROM pg_stat_activity
            WHERE query LIKE 'COPY%' AND clock_timestamp() - xact_start > interval '1 s'"
exec 8>&-
wait "$loader"
trades 3000 2026-11-25 | mdload --dsn "$pooled" --source feed
trades 3000 2026-11-25 | mdload --dsn "$pooled" --source feed

# --replace has times as text go to and fro.
trades 400 2026-11-20 A >lake/exchange=binance/type=trade/symbol=A/date=2026-11-20.ndjson
mdload -v -j 2 --dsn "$pooled" --replace lake/exchange=binance/type=trade/symbol=A 2>&1 | grep place
sql 'SELECT (SELECT count(*) FROM md.trade), sum(rows), count(*) FROM md.load WHERE replaced_by IS NULL'
sql "SELECT count(*) FROM pg_constraint WHERE conname = 'md_fresh'"
# Nothing is left in the sessions that others get.
psql -X -A -t -d "$pooled" -c 'SHOW idle_in_transaction_session_timeout' -c "SELECT count(*) FROM pg_prepared_statements" \
  -c "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
