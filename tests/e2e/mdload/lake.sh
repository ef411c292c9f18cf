# A lake of every type, in every compression, loaded twice: as many rows as lines, and every field as the file has it.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"

day=lake/exchange=binance
for type in trade book_change book_ticker derivative_ticker liquidation; do mkdir -p "$day/type=$type/symbol=BTCUSDT"; done
time='"timestamp":"2026-11-20T23:59:59.999999Z","localTimestamp":"2026-11-21T00:00:00.000001Z"}'
stream='"symbol":"BTCUSDT","exchange":"binance"'

# The same price seen twice is two observations; sequence numbers pass 2^53; no double holds these decimals.
cat >trade.ndjson <<END
{"type":"trade",$stream,"id":"9007199254740993","price":1234567890123.123456789,"amount":0.00000000123,"side":"buy","seq":9223372036854775807,"backfilled":true,$time
{"type":"trade",$stream,"price":99999999999999999999999999999999999999,"amount":-0.000012345678901234567890123456789012345678,"side":"unknown",$time
{"type":"trade",$stream,"price":99999999999999999999999999999999999999,"amount":-0.000012345678901234567890123456789012345678,"side":"unknown",$time
{"type":"trade",$stream,"id":"2","price":0,"amount":1.50,"side":"sell","seq":9007199254740993,"timestamp":"2026-11-21T00:00:00.000000Z","localTimestamp":"2026-11-21T00:00:00.000002Z"}
{"type":"trade","symbol":"원\"';--\u005c\u000a","exchange":"up\tbit","id":"x","price":10000,"amount":100000000,"side":"sell",$time
{"type":"trade",$stream,"price":1,"amount":2,"side":"buy","timestamp":"1999-12-31T23:59:59.000001Z","localTimestamp":"2150-01-01T00:00:00.000000Z"}
END
cat >book_change.ndjson <<END
{"type":"book_change",$stream,"isSnapshot":true,"bids":[{"price":2,"amount":0.1},{"price":1.999,"amount":0.0001}],"asks":[{"price":2.5,"amount":7}],"seq":9223372036854775806,"rebuilt":true,$time
{"type":"book_change",$stream,"isSnapshot":false,"bids":[],"asks":[{"price":2.5,"amount":0}],"prevSeq":9223372036854775806,"seq":9223372036854775807,$time
END
cat >book_ticker.ndjson <<END
{"type":"book_ticker",$stream,"askAmount":1,"askPrice":2,"bidPrice":3,"bidAmount":4,"seq":5,$time
{"type":"book_ticker",$stream,"bidPrice":0.3513,$time
END
cat >derivative_ticker.ndjson <<END
{"type":"derivative_ticker",$stream,"lastPrice":1,"openInterest":2,"fundingRate":-0.0001,"fundingTimestamp":"2026-11-21T00:00:00.000000Z","predictedFundingRate":3,"indexPrice":4,"markPrice":5,$time
{"type":"derivative_ticker",$stream,"markPrice":5,$time
END
cat >liquidation.ndjson <<END
{"type":"liquidation",$stream,"id":"9","price":1,"amount":2,"side":"buy",$time
END
cat >feed.ndjson <<END
{"type":"connect","exchange":"binance","symbols":["BTCUSDT","a,\"b\"{}"],"localTimestamp":"2026-11-20T00:00:00.000000Z"}
{"type":"disconnect","exchange":"binance","reason":"gone","localTimestamp":"2026-11-20T00:00:01.000000Z"}
{"type":"gap",$stream,"channel":"book_change","prevSeq":1,"seq":9007199254740993,"reason":"sequence",$time
END
file=symbol=BTCUSDT/date=2026-11-20.ndjson
zstd -q trade.ndjson -o "$day/type=trade/$file.zst"
gzip -c book_change.ndjson >"$day/type=book_change/$file.gz"
for type in book_ticker derivative_ticker liquidation; do cp "$type.ndjson" "$day/type=$type/$file"; done
cp feed.ndjson lake/
echo 'being written' >lake/feed2.ndjson.part

mdload --init --dsn "$dsn"
mdload --dsn "$dsn" lake
mdload --dsn "$dsn" lake
mv lake moved
mdload --dsn "$dsn" moved

for table in trade book_change book_ticker derivative_ticker liquidation feed_event; do
  case $table in feed_event) lines=feed.ndjson ;; *) lines=$table.ndjson ;; esac
  echo "$table $(wc -l <"$lines") $(sql "SELECT count(*) FROM md.$table")"
done

# The files' own text, put together from the columns by PostgreSQL.
iso() { printf "to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')" "$1"; }
times="',\"timestamp\":\"', $(iso '"timestamp"'), '\",\"localTimestamp\":\"', $(iso local_timestamp), '\"}'"
sql "SELECT concat('{\"type\":\"trade\",\"symbol\":\"', symbol, '\",\"exchange\":\"', exchange, '\",',
       '\"id\":\"' || t.id || '\",', '\"price\":', price, ',\"amount\":', amount, ',\"side\":\"', side, '\"', ',\"seq\":' || seq,
       CASE WHEN backfilled THEN ',\"backfilled\":true' END, $times)
     FROM md.trade t JOIN md.instrument i ON i.id = instrument_id WHERE symbol = 'BTCUSDT' ORDER BY line" >trade.back
grep BTCUSDT trade.ndjson | diff - trade.back
sql "SELECT exchange, symbol FROM md.instrument WHERE exchange <> 'binance'" >hostile
printf 'up\tbit|원"'"';--\\\\\n\n" | diff - hostile

sql "SELECT exchange, symbol, $(iso local_timestamp), is_snapshot, prev_seq, seq, rebuilt, bid_prices, bid_amounts, ask_prices, ask_amounts
     FROM md.book_changes ORDER BY seq"
sql "SELECT is_snapshot, side, price, amount FROM md.book_levels ORDER BY seq, side, price"
sql "SELECT ask_amount, ask_price, bid_price, bid_amount, seq FROM md.quotes ORDER BY seq"
sql "SELECT last_price, open_interest, funding_rate, $(iso funding_timestamp), predicted_funding_rate, index_price, mark_price
     FROM md.derivative_tickers ORDER BY 1"
sql "SELECT id, side, price, amount FROM md.liquidations"
sql "SELECT kind, exchange, symbol, symbols, channel, prev_seq, seq, reason FROM md.feed_event ORDER BY line"
# The day of the timestamp says where a row lies.
sql "SELECT relname, count(*) FROM md.trade t JOIN pg_class c ON c.oid = t.tableoid GROUP BY 1 ORDER BY 1"
sql "SELECT replace(name, '$PWD', ''), rows, rejected, $(iso first_timestamp), tool_version LIKE 'mdload %' FROM md.load ORDER BY name"
