# The server is killed: in the midst of a COPY, before the commit, before a day is attached, and under a source. mdload
# waits for it and goes on by itself, and every line is there once.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

mdload --init --dsn "$dsn"
printf '%s\n' '{"type":"trade","symbol":"A","exchange":"binance","price":1,"amount":1,"side":"buy",'\
'"timestamp":"2026-11-19T00:00:00.000000Z","localTimestamp":"2026-11-19T00:00:00.000000Z"}' | mdload --dsn "$dsn"

# killed_while LOCK FILE...: the server goes while mdload waits for the lock.
killed_while() {
  hold "LOCK TABLE $1 MODE"
  shift
  mdload -v --dsn "$dsn" --retries 8 "$@" 2>log 9>&- &
  loader=$!
  wait_for_loaders 1
  kill_server
  forget
  wait "$loader"
  cat log
}
# The second instrument is new, and met after the first batch was sent.
{ trades 3000 2026-11-20 A; trades 10 2026-11-20 B; } >a.ndjson
killed_while 'md.instrument IN SHARE ROW EXCLUSIVE' a.ndjson
trades 300 2026-11-21 A >b.ndjson
killed_while 'md.load IN EXCLUSIVE' b.ndjson
# Its file is stored by then.
trades 300 2026-11-22 A >c.ndjson
killed_while 'md.trade IN SHARE UPDATE EXCLUSIVE' c.ndjson

trades 500 2026-11-23 A >text
mkfifo pipe
mdload -v --dsn "$dsn" --retries 8 --source feed <pipe 2>log &
loader=$!
exec 8>pipe
head -n 200 text >&8
wait_until 'SELECT sum(lines) = 200 FROM md.source'
hold 'LOCK TABLE md.load IN EXCLUSIVE MODE'
tail -n 300 text >&8
wait_for_loaders 1
kill_server
exec 8>&-
forget
wait "$loader"
cat log

sql "SELECT symbol, count(*), count(DISTINCT (id, \"timestamp\")), sum(price) FROM md.trades GROUP BY 1 ORDER BY 1"
# What the files say.
cat a.ndjson b.ndjson c.ndjson text | jq -r '[.symbol, .price] | @tsv' |
  awk '{ count[$1]++; sum[$1] += $2 } END { for (s in count) printf "%s %d %.1f\n", s, count[s], sum[s] }' | sort
sql "SELECT regexp_replace(name, '.*/', ''), rows, (SELECT count(*) FROM md.trade WHERE load_id = l.id) FROM md.load l ORDER BY id"
sql "SELECT count(*) FROM pg_constraint WHERE conname = 'md_fresh'"
