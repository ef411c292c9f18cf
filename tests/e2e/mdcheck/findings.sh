# Each kind of finding on the fewest lines, in text and JSON.
set -eu
t() { printf '"timestamp":"2026-05-20T09:59:59.900000Z","localTimestamp":"2026-05-20T%sZ"}\n' "$1"; }
trade() { printf '{"type":"trade","symbol":"X","exchange":"binance","id":"%s","price":1,"amount":1,"side":"buy",' "$1"; t "$2"; }
book() { # PREV SEQ BID ASK TIME; PREV "-" is a snapshot
  printf '{"type":"book_change","symbol":"%s","exchange":"binance","isSnapshot":' "${symbol:-X}"
  [ "$1" = - ] && printf true || printf false
  printf ',"bids":[{"price":%s,"amount":1}],"asks":[{"price":%s,"amount":1}],' "$3" "$4"
  [ "$1" = - ] || printf '"prevSeq":%s,' "$1"
  printf '"seq":%s,' "$2"
  t "$5"
}
check() {
  echo "== $1"
  code=0
  mdcheck "$@" || code=$?
  echo "exit $code"
}

# Late and backfilled trades close their holes; 5 comes twice; the hole up to 11 stays.
{ trade 1 10:00:00.000000; trade 4 10:00:01.000000; trade 5 10:00:02.000000; trade 2 10:00:03.000000; trade 3 10:00:04.000000
  trade 5 10:00:05.000000; trade 8 10:00:06.000000; trade 11 10:00:07.000000; trade 7 10:00:08.000000; trade 6 10:00:09.000000; } >trades.ndjson
check trades.ndjson

# What the recorder fetched later is in order, with ids that rise by one or not; its gap and the hole that stays are one.
past() { trade "$@" | sed 's/,"timestamp"/,"backfilled":true&/'; }
{ trade 1 10:00:00.000000; trade 6 10:00:01.000000; past 2 10:00:02.000000; past 3 10:00:02.000000; past 5 10:00:02.000000
  printf '{"type":"gap","symbol":"X","exchange":"binance","channel":"trade","prevSeq":3,"seq":5,"reason":"disconnect",'; t 10:00:02.000000
  trade 7 10:00:03.000000; } >backfilled.ndjson
check backfilled.ndjson
sed 's/binance/bitstamp/; /"gap"/d' backfilled.ndjson >increasing.ndjson
check increasing.ndjson --json

# Crossed for one message is nothing, for three it is a finding; a number that goes back; a time that goes back.
{ book - 10 100 101 10:00:00.000000; book 10 11 102 103 10:00:01.000000
  printf '{"type":"book_change","symbol":"X","exchange":"binance","isSnapshot":false,"bids":[{"price":102,"amount":0}],"asks":[],"prevSeq":11,"seq":13,'; t 10:00:03.000000
  book 13 14 105 106 10:00:04.000000; book 14 15 105 106 10:00:05.000000; book 15 16 105 106 10:00:06.000000
  book 13 14 105 106 10:00:07.000000
  book - 16 100 101 10:00:06.500000; } >book.ndjson
check book.ndjson

# A recorder's own gap is one hole with the break behind it; so is a new snapshot further on. Another symbol is not touched.
{ book - 10 100 101 10:00:00.000000; symbol=Y book - 1 100 101 10:00:00.000000; book 10 11 100 101 10:00:01.000000
  printf '{"type":"gap","symbol":"X","exchange":"binance","channel":"book_change","prevSeq":11,"seq":14,"reason":"sequence",'; t 10:00:02.000000
  book - 15 100 101 10:00:03.000000; book 15 16 100 101 10:00:04.000000
  echo '{"type":"disconnect","exchange":"binance","symbols":["X"],"reason":"closed","localTimestamp":"2026-05-20T10:00:05.000000Z"}'
  echo '{"type":"connect","exchange":"binance","symbols":["X"],"localTimestamp":"2026-05-20T10:00:06.000000Z"}'
  book - 20 100 101 10:00:07.000000; symbol=Y book 1 2 100 101 10:00:08.000000; book 20 21 100 101 10:00:09.000000; } >gaps.ndjson
check gaps.ndjson
check --json gaps.ndjson

# Silence: over 60 s and twenty usual pauses, or as told.
{ for s in 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22; do trade "1$s" "10:00:$s.000000"; done
  trade 123 10:02:22.000000; trade 124 10:02:32.000000; } >silence.ndjson
check silence.ndjson
check --silence 5 silence.ndjson
