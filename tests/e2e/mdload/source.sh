# --source: standard input under a name. Batches are there before the input ends; given again, it goes on where it ended,
# after any kill; another text under the name is refused.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
state() {
  sql "SELECT s.name, l.name, s.lines, l.rows, l.rejected, (SELECT count(*) FROM md.trade WHERE load_id = l.id),
         (SELECT count(DISTINCT line) FROM md.trade WHERE load_id = l.id), encode(s.sha256, 'hex')
       FROM md.source s JOIN md.load l ON l.id = load_id ORDER BY 1"
}
attempt() {
  code=0
  "$@" 2>log || code=$?
  echo "$code: $(cat log)"
}

mdload --init --dsn "$dsn"
trades 45000 2026-11-20 >text
sed -i '25000s/.*/bad/' text

# A batch of 20000 lines, and what is there two seconds after it, though the pipe stays open.
mkfifo pipe
mdload --dsn "$dsn" --source feed <pipe &
loader=$!
exec 8>pipe
head -n 20100 text >&8
wait_until 'SELECT sum(lines) = 20100 FROM md.source'
# The text is stored as far as this; killed with lines at hand.
head -n 20150 text | tail -n 50 >&8
kill -s KILL "$loader"
wait "$loader" 2>/dev/null || echo "killed: $?"
exec 8>&-
sql 'SELECT lines FROM md.source'

# From the beginning, and SIGTERM in between: what was read is stored, and it is a good end.
mdload -v --dsn "$dsn" --source feed <pipe 2>log &
loader=$!
exec 8>pipe
head -n 20200 text >&8
wait_until 'SELECT sum(lines) = 20200 FROM md.source'
have_read() { awk '/rchar/ { print $2 }' "/proc/$loader/io"; }
before=$(have_read)
head -n 20230 text | tail -n 30 >more
cat more >&8
until [ "$(have_read)" -ge $((before + $(wc -c <more))) ]; do sleep 0.05; done
kill "$loader"
wait "$loader"
exec 8>&-
cat log

# To the end; then once more, compressed, which changes nothing.
attempt mdload --dsn "$dsn" --source feed --rejects kept <text
cat kept kept.reasons
attempt sh -c 'zstd -q <text | mdload -v --dsn "$1" --source feed' - "$dsn"
head -n 45000 text | sha256sum | cut -d ' ' -f 1
state

# It has grown; the same text under another name is another source.
trades 10 2026-11-21 >>text
attempt mdload -v --dsn "$dsn" --source feed <text
attempt mdload -q --dsn "$dsn" --source "it's \"another\"" <text
state | cut -d '|' -f 1-7

# Other texts under the name.
sed '1s/64123/64124/' text >other
attempt mdload --dsn "$dsn" --source feed <other
attempt sh -c 'head -n 100 text | mdload --dsn "$1" --source feed' - "$dsn"
attempt mdload --dsn "$dsn" --source feed </dev/null
attempt mdload --dsn "$dsn" --source '' <text
attempt mdload --dsn "$dsn" --source feed text
attempt mdload --dsn "$dsn" --source feed --follow .

# Cut in the middle of a line: the line is left for the next time.
{ cat text; trades 1 2026-11-22; } >longer
attempt sh -c 'head -c -20 longer | mdload -q --dsn "$1" --source feed' - "$dsn"
attempt mdload -v --dsn "$dsn" --source feed <longer
state | cut -d '|' -f 1-7

# Another one has gone on with it in between.
mdload --dsn "$dsn" --source two <pipe 2>log &
loader=$!
exec 8>pipe
head -n 10 text >&8
wait_until "SELECT count(*) = 1 FROM md.source WHERE name = 'two'"
head -n 20 text | mdload --dsn "$dsn" --source two
head -n 30 text | tail -n 20 >&8
exec 8>&-
code=0
wait "$loader" || code=$?
echo "$code: $(cat log)"
sql "SELECT sum(lines) FILTER (WHERE name = 'two'), (SELECT count(*) FROM md.trade) = (SELECT sum(rows) FROM md.load) FROM md.source"
