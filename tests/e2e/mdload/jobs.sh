# -j: several files at once give what one after the other gives: rows, ledger, messages in the order of the files, lines
# left out, exit code; and a signal rolls back all that are at hand.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

for day in 20 21 22; do
  for symbol in A B C D; do
    directory=lake/exchange=binance/type=trade/symbol=$symbol
    mkdir -p "$directory"
    trades 400 "2026-11-$day" "$symbol" >"$directory/date=2026-11-$day.ndjson"
  done
done
sed -i '7s/.*/bad/' lake/exchange=binance/type=trade/symbol=B/date=2026-11-21.ndjson
echo worse >>lake/exchange=binance/type=trade/symbol=D/date=2026-11-20.ndjson
trades 300 2026-11-22 E >other.ndjson
contents() {
  sql "SELECT symbol, date, count(*), sum(price), sum(amount), sum(line), count(DISTINCT load_id)
       FROM md.trade JOIN md.instrument i ON i.id = instrument_id, LATERAL (SELECT \"timestamp\"::date) AS day (date)
       GROUP BY 1, 2 ORDER BY 1, 2"
  sql "SELECT replace(name, '$PWD', ''), rows, rejected, encode(sha256, 'hex') FROM md.load ORDER BY 1"
}

for jobs in 1 4; do
  mdload --init --dsn "$dsn"
  code=0
  mdload -v -j $jobs --dsn "$dsn" --rejects kept.$jobs lake missing.ndjson other.ndjson 2>log.$jobs || code=$?
  echo "exit: $code"
  contents >contents.$jobs
  # Lines left out are told as they come, the files in their order.
  grep -v ' left out$\|not an event' log.$jobs >files.$jobs
  sort -o kept.$jobs kept.$jobs
  sort -o kept.$jobs.reasons kept.$jobs.reasons
  [ $jobs = 4 ] || sql 'SET client_min_messages = warning; DROP SCHEMA md CASCADE'
done
wc -l <contents.4
head -n 2 contents.4
cat files.4
grep left log.4
cmp files.1 files.4 && cmp contents.1 contents.4 && cmp kept.1 kept.4 && cmp kept.1.reasons kept.4.reasons
cat kept.4 kept.4.reasons
sql 'SELECT count(*) FROM md.trade'
sql "SELECT count(*) FROM pg_constraint WHERE conname = 'md_fresh'"

# A day is attached when its last file is in, not at the end: the other one's waits for a new instrument.
for day in 24 25; do
  trades 100 "2026-11-$day" A >"lake/exchange=binance/type=trade/symbol=A/date=2026-11-$day.ndjson"
done
hold 'LOCK TABLE md.instrument IN SHARE ROW EXCLUSIVE MODE'
trades 100 2026-11-25 NEW >lake/exchange=binance/type=trade/symbol=A/date=2026-11-25.ndjson
mdload -j 2 --dsn "$dsn" lake/exchange=binance/type=trade/symbol=A &
loader=$!
wait_until "SELECT count(*) = 100 FROM md.trade WHERE \"timestamp\" >= '2026-11-24' AND \"timestamp\" < '2026-11-25'"
sql "SELECT count(*) FROM md.load WHERE name LIKE '%2026-11-25%'"
release
wait "$loader"

# A signal.
for number in 1 2 3; do trades 100 2026-11-27 "S$number" >"s$number.ndjson"; done
hold_ledger
mdload -j 2 --dsn "$dsn" s1.ndjson s2.ndjson s3.ndjson 2>log &
loader=$!
wait_for_loaders 2
kill "$loader"
code=0
wait "$loader" 2>/dev/null || code=$?
release
echo "exit: $code"
sort log
sql 'SELECT count(*) FROM md.trade'
