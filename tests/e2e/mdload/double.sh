# --init --double: numbers of 15 digits, for those who choose them; the choice is made once.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

mdload --init --double --dsn "$dsn"
mdload --init --dsn "$dsn"
time='"timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"}'
mdload --dsn "$dsn" <<END
{"type":"trade","symbol":"B","exchange":"binance","price":64123.45,"amount":1234567890123.123456789,"side":"buy",$time
{"type":"book_change","symbol":"B","exchange":"binance","isSnapshot":true,"bids":[{"price":0.1,"amount":3}],"asks":[],$time
END
sql 'SELECT price, amount, pg_typeof(price) FROM md.trade'
sql 'SELECT bid_prices, bid_amounts, ask_prices, pg_typeof(bid_prices) FROM md.book_change'

sql 'SET client_min_messages = warning; DROP SCHEMA md CASCADE'
mdload --init --dsn "$dsn"
mdload --init --double --dsn "$dsn"
