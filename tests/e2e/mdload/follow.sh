# --follow: a spool's files as they are closed. What is loaded is not read again, an outage is waited for and told once, and
# SIGTERM is a good end.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
dir=spool/a/binance
mkdir -p $dir
close_file() { mv "$dir/$1.ndjson.part" "$dir/$1.ndjson"; }

mdload --init --dsn "$dsn"
trades 100 2026-11-20 >$dir/1.ndjson
trades 100 2026-11-21 >$dir/2.ndjson.part
mdload --dsn "$dsn" --follow spool -j 2 -v --retries 1 2>log &
loader=$!
wait_until 'SELECT count(*) = 100 FROM md.trade'
close_file 2
wait_until 'SELECT count(*) = 200 FROM md.trade'
# Files that cannot be loaded are told, once each, and keep no other out.
{ echo bad; trades 1 2026-11-22; } >$dir/3.ndjson
wait_until 'SELECT count(*) = 201 FROM md.trade'
trades 2 2026-11-22 >$dir/1.new
mv $dir/1.new $dir/1.ndjson
until grep -q 'other content' log; do sleep 0.1; done

# The server goes, and something is closed meanwhile.
stop_database
trades 100 2026-11-23 >$dir/4.ndjson.part
close_file 4
until grep -q 'waiting' log; do sleep 0.1; done
"$MD_SOURCE/scripts/pg-local" start "$cluster" >/dev/null
wait_until 'SELECT count(*) = 301 FROM md.trade'
kill_server
trades 100 2026-11-24 >$dir/5.ndjson
wait_until 'SELECT count(*) = 401 FROM md.trade'
kill "$loader"
code=0
wait "$loader" || code=$?
echo "exit: $code"
sed "s/: connection.*; waiting/: ...; waiting/; s/at 20.* (/at ... (/; s|'[^']*/$dir/1|'.../1|" log | sort -u
sql "SELECT count(*), sum(rows) FROM md.load"
sql "SELECT count(*) FROM pg_constraint WHERE conname = 'md_fresh'"

# Begun again: all is there already.
mdload --dsn "$dsn" --follow spool -v 2>log &
loader=$!
until [ "$(grep -c 'loaded already' log)" = 4 ]; do sleep 0.1; done
kill "$loader"
wait "$loader"
mdload --dsn "$dsn" --follow nowhere 2>log || echo "$?: $(cat log)"
sql 'DROP SCHEMA md CASCADE' 2>/dev/null
mdload --dsn "$dsn" --follow spool 2>log || echo "$?: $(cat log)"
