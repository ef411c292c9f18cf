# Lake and database, compared by stream and day: nothing where they are equal, each kind of difference by name, retired days
# told apart, rows filed under a wrong day; double precision as far as it goes.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$MD_TESTS/mdload/database.inc"

trade() { # SYMBOL ID PRICE TIME
  printf '{"type":"trade","symbol":"%s","exchange":"bitstamp","id":"%s","price":%s,"amount":1,"side":"buy",' "$1" "$2" "$3"
  printf '"timestamp":"%s","localTimestamp":"%s"}\n' "$4" "$4"
}
day() { # SYMBOL DATE COUNT: trades into the lake
  mkdir -p "lake/exchange=bitstamp/type=trade/symbol=$1"
  i=0
  while [ $i -lt "$3" ]; do
    i=$((i + 1))
    trade "$1" "$i" "1.000000000000000000$i" "$2T00:00:0$i.000000Z"
  done >"lake/exchange=bitstamp/type=trade/symbol=$1/date=$2.ndjson"
}
compare() {
  echo "== $*"
  code=0
  mdcheck "$@" || code=$?
  echo "exit $code"
}
for symbol in A B C D; do day $symbol 2026-11-20 4; day $symbol 2026-11-21 5; done
mkdir -p lake/exchange=bitstamp/type=connect/symbol=_
echo '{"type":"connect","exchange":"bitstamp","symbols":["A"],"localTimestamp":"2026-11-20T00:00:00.000000Z"}' \
  >lake/exchange=bitstamp/type=connect/symbol=_/date=2026-11-20.ndjson
mdload --init --dsn "$dsn"
mdload --dsn "$dsn" lake
compare --against lake --dsn "$dsn"

# Fewer; other content; only here; only there; under a wrong day; retired.
sql "DELETE FROM md.trade t USING md.instrument i WHERE i.id = instrument_id AND symbol = 'A' AND t.id = '2' AND \"timestamp\" < '2026-11-21'"
sql "UPDATE md.trade t SET side = 'sell' FROM md.instrument i WHERE i.id = instrument_id AND symbol = 'B' AND t.id = '3' AND \"timestamp\" < '2026-11-21'"
day E 2026-11-22 1
rm -r lake/exchange=bitstamp/type=trade/symbol=D
trade C 9 1 2026-11-20T23:59:59.999999Z >late
mdload --dsn "$dsn" late
cat late >>lake/exchange=bitstamp/type=trade/symbol=C/date=2026-11-21.ndjson
echo garbage >>lake/exchange=bitstamp/type=trade/symbol=C/date=2026-11-21.ndjson
compare --against lake --dsn "$dsn" 2>err
cat err
sed -i '/garbage/d' lake/exchange=bitstamp/type=trade/symbol=C/date=2026-11-21.ndjson
compare --json --against lake --dsn "$dsn"
compare --against lake --dsn "$dsn" --from 2026-11-21 --to 2026-11-22

sql "CREATE TABLE IF NOT EXISTS md.retired (table_name text, day date, archive text)"
sql "DELETE FROM md.trade WHERE \"timestamp\" < '2026-11-21'"
sql "INSERT INTO md.retired (table_name, day, archive) VALUES ('trade', '2026-11-20', '2026-11.tar'), ('trade', '2026-11-20', '2026-11-20.tar')"
compare --against lake --dsn "$dsn" --to 2026-11-21
compare --json --against lake --dsn "$dsn" --to 2026-11-21

# Doubles: what the lake has of more digits is compared as it would come back.
sql 'DROP SCHEMA md CASCADE'
mdload --init --double --dsn "$dsn"
mdload --dsn "$dsn" lake
compare --against lake --dsn "$dsn"
sql "UPDATE md.trade t SET price = 2 FROM md.instrument i WHERE i.id = instrument_id AND symbol = 'B' AND t.id = '3'"
compare --against lake --dsn "$dsn"
