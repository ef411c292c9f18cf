# Bars of a day are those that the lines give, whatever the order in which they were loaded; filled again they are the
# same, or with what came late; other days stay as they are.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

# trade SYMBOL TIME LOCAL PRICE AMOUNT SIDE
trade() {
  printf '{"type":"trade","symbol":"%s","exchange":"x","price":%s,"amount":%s,"side":"%s","timestamp":"2026-11-%sZ","localTimestamp":"2026-11-%sZ"}\n' \
    "$1" "$4" "$5" "$6" "$2" "$3"
}
# Two instruments, a minute of trades at the same instant, the last instant of a minute and of the day, sides unknown, no
# amount at all, numbers that no double holds.
{
  trade A 20T10:00:00.000000 20T10:00:00.000005 11 1 buy
  trade A 20T10:00:00.000000 20T10:00:00.000004 12 2 sell
  trade A 20T10:00:00.000000 20T10:00:00.000004 13 0.5 unknown
  trade A 20T10:00:59.999999 20T10:01:00.000001 9 1.25 buy
  trade A 20T10:00:59.999999 20T10:01:00.000001 10 1.25 buy
  trade A 20T10:01:00.000000 20T10:01:00.000000 10 3 sell
  trade A 20T23:59:59.999999 21T00:00:00.000000 7 0 buy
  trade B 20T10:00:30.000000 20T10:00:30.000000 1234567890123.123456789 0.00000000123 sell
  trade B 20T10:00:31.000000 20T10:00:31.000000 1234567890123.123456788 0.00000000123 buy
  trade A 21T00:00:00.000000 21T00:00:00.000000 8 1 buy
} >first.ndjson
# Late: between those of a minute, and a minute of its own.
{
  trade A 20T10:00:10.000000 22T00:00:00.000000 99 1 buy
  trade A 20T10:05:00.000000 22T00:00:01.000000 5 2 sell
} >late.ndjson

# The same by jq: prices as they are written, sums in whole units of 10^-11 (exact in a double for these).
bars() {
  cat "$@" | jq -rs --arg day 2026-11-20 '
    to_entries | map(.value + {line: .key}) | map(select(.timestamp[:10] == $day)) | group_by([.symbol, .timestamp[:16]])[] |
    sort_by([.timestamp, .localTimestamp, .line]) | map(.units = (.amount * 1e11 | round)) |
    [.[0].symbol, .[0].timestamp[:16], .[0].price, (map(.price) | max), (map(.price) | min), .[-1].price,
     (map(.units) | add), (map(select(.side == "buy").units) | add // 0), (map(select(.side == "sell").units) | add // 0), length] |
    map(tostring) | join("|")'
}
stored() {
  sql "SELECT symbol, to_char(open_timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI'), open, high, low, close,
         trim_scale(volume * 1e11), trim_scale(buy_volume * 1e11), trim_scale(sell_volume * 1e11), trades
       FROM md.bars_1m WHERE open_timestamp < '2026-11-21Z' ORDER BY 1, 2"
}
all() { sql "SELECT * FROM md.bars_1m ORDER BY exchange, symbol, open_timestamp"; }

mdload --init --dsn "$dsn"
mdload --dsn "$dsn" first.ndjson
mdload -v --bars 2026-11-20 2026-11-21 2026-11-25 --dsn "$dsn"
# jq has doubles only: B, whose prices need more digits, by hand.
stored | grep '^A' >back
bars first.ndjson | grep '^A' | diff - back
sql "SELECT open, high, low, close, volume, buy_volume, sell_volume, trades, vwap BETWEEN low AND high FROM md.bars_1m WHERE symbol = 'B'"
# 11 + 24 + 6.5 + 11.25 + 12.5 over 6; nothing where nothing was traded.
sql "SELECT to_char(open_timestamp AT TIME ZONE 'UTC', 'HH24:MI'), round(vwap, 10), vwap IS NULL FROM md.bars_1m
     WHERE symbol = 'A' AND open_timestamp < '2026-11-21Z' ORDER BY 1"

all >before
mdload --bars 2026-11-20 --dsn "$dsn"
all | diff before -
mdload --dsn "$dsn" late.ndjson
all | diff before -
mdload -v --bars 2026-11-20 --dsn "$dsn"
stored | grep '^A' >back
bars first.ndjson late.ndjson | grep '^A' | diff - back
sql "SELECT open, trades FROM md.bars_1m WHERE open_timestamp >= '2026-11-21Z'"

# Two at once are as good as one.
all >before
mdload --bars 2026-11-20 --dsn "$dsn" & first=$!
mdload --bars 2026-11-20 --dsn "$dsn" & second=$!
wait "$first"
wait "$second"
all | diff before -

# A day without its trades keeps its bars.
sql "INSERT INTO md.retired VALUES ('trade', '2026-11-20', '2026-11.tar', sha256(''), 11, 'mdload 0')"
code=0
mdload --bars 2026-11-20 --dsn "$dsn" || code=$?
echo "retired: $code"
code=0
psql -X -q -d "$dsn" -c "SELECT md.fill_bars_1m('2026-11-20')" 2>&1 | head -n 1
all | diff before -
trade A 20T11:00:00.000000 25T00:00:00.000000 1 1 buy >again.ndjson
sql 'DROP TABLE md.trade_20261120'
code=0
mdload --dsn "$dsn" again.ndjson || code=$?
echo "loaded into a retired day: $code"

code=0
mdload --bars 2026-11-31 --dsn "$dsn" || code=$?
echo "no such day: $code"
