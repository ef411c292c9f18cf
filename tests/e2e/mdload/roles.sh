# md_loader loads, replaces, fills bars, migrates and drops what another loader has made; md_reader reads, partitions to
# come included, and is refused the rest; who may not make roles is told what an administrator has to do.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
as() { printf '%s user=%s' "$dsn" "$1"; }
try() {
  code=0
  "$@" >out 2>log || code=$?
  echo "$code: $(cat out log)"
}
query() { psql -X -q -A -t -v ON_ERROR_STOP=1 -v VERBOSITY=terse -d "$(as "$1")" -c "$2"; }

# The first of all may make no roles, and there are none.
sql 'CREATE ROLE early LOGIN'
sql 'CREATE DATABASE early OWNER early'
try mdload -v --init --dsn "$(as early) dbname=early"
trades 5 2026-11-19 | mdload --dsn "$(as early) dbname=early"
mdload -v --init --dsn "$dsn"
mdload -v --init --dsn "$dsn"
sql 'CREATE ROLE one LOGIN IN ROLE md_loader; CREATE ROLE two LOGIN IN ROLE md_loader; CREATE ROLE eve LOGIN IN ROLE md_reader'
sql "SELECT rolname, rolcanlogin, rolsuper FROM pg_roles WHERE rolname LIKE 'md\\_%' ORDER BY 1"

trades 10 2026-11-20 >a.ndjson
trades 10 2026-11-21 >b.ndjson
try mdload --dsn "$(as one)" a.ndjson
try mdload --dsn "$(as two)" a.ndjson b.ndjson
trades 12 2026-11-20 >a.ndjson
try mdload --replace --dsn "$(as two)" a.ndjson
try mdload --bars 2026-11-20 --dsn "$(as one)"
echo '{"symbol":"BTCUSDT","exchange":"binance","base":"BTC"}' >list.ndjson
try mdload --instruments --dsn "$(as two)" list.ndjson
try mdload -v --init --dsn "$(as one)"
sql "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'md'::regnamespace"

query eve 'SELECT exchange, symbol, count(*) FROM md.trades GROUP BY 1, 2'
query eve 'SELECT (SELECT count(*) FROM md.trade_20261121), (SELECT count(*) FROM md.bars_1m), (SELECT sum(rows) FROM md.load)'
# What is refused stays as it is.
try mdload --dsn "$(as eve)" -q list.ndjson
trades 1 2026-11-22 >c.ndjson
try mdload --dsn "$(as eve)" c.ndjson
try mdload --bars 2026-11-20 --dsn "$(as eve)"
try query eve 'DELETE FROM md.trade'
try query eve 'DROP TABLE md.trade_20261121'
try query eve 'CREATE TABLE md.mine ()'
# One loader drops what another one's load has made.
try query two 'ALTER TABLE md.trade DETACH PARTITION md.trade_20261120; DROP TABLE md.trade_20261120'
sql 'CREATE ROLE nobody LOGIN'
try query nobody 'SELECT count(*) FROM md.trades'
sql 'SELECT count(*) FROM md.trade'

# Another database of the same server, whose owner may not make roles: works without, says what is missing, and takes
# them once they are granted.
sql 'CREATE DATABASE mine OWNER nobody'
mine="$dsn dbname=mine"
try mdload -v --init --dsn "$mine user=nobody"
try mdload --dsn "$mine user=nobody" a.ndjson
sql 'GRANT md_loader TO nobody'
try mdload -v --init --dsn "$mine user=nobody"
try mdload --dsn "$mine user=two" b.ndjson
psql -X -q -A -t -d "$mine user=eve" -c 'SELECT count(*) FROM md.trades'
