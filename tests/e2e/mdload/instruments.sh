# Market lists into md.instrument: what is told is stored exactly, what is not stays, what is the same is not written;
# hostile names are names.
set -eu
# shellcheck source=tests/e2e/mdload/database.inc
. "$(dirname "$0")/database.inc"
columns="symbol, base, quote, kind, active, tick, step, contract_size"

mdload --init --dsn "$dsn"
# One is known from its trades before any list tells of it, and keeps its id.
trades 1 2026-11-20 | mdload --dsn "$dsn"
cat >list.ndjson <<'END'
{"symbol":"BTCUSDT","exchange":"binance","base":"BTC","quote":"USDT","kind":"spot","active":true,"tick":0.01,"step":0.00001}
{"symbol":"ETHUSDT","exchange":"binance","base":"ETH","quote":"USDT","kind":"spot","active":true,"tick":0.01,"step":0.0001}
{"symbol":"BTC-28NOV26","exchange":"deribit","kind":"future","active":false,"tick":2.50,"step":"1e-7","contractSize":0.0123456789012345678901234567890123456,"expiry":"2026-11-28T08:00:00Z"}
END
mdload -v --instruments --dsn "$dsn" list.ndjson
sql "SELECT id = 1, $columns FROM md.instrument ORDER BY symbol"

# The same again, compressed, with zeros at the end; then a change, and less told than is known.
sql 'SELECT id, xmin, updated_at FROM md.instrument ORDER BY 1' >before
sed 's/"tick":0.01,/"tick":0.0100,/' list.ndjson | zstd -q | mdload -v --instruments --dsn "$dsn"
sql 'SELECT id, xmin, updated_at FROM md.instrument ORDER BY 1' | diff before -
cat >less.ndjson <<'END'
{"symbol":"BTCUSDT","exchange":"binance","active":false}
{"symbol":"BTCUSDT","exchange":"binance","tick":0.001}
{"symbol":"ETHUSDT","exchange":"binance"}
END
mdload -v --instruments --dsn "$dsn" less.ndjson
sql "SELECT $columns FROM md.instrument WHERE exchange = 'binance' ORDER BY symbol"

# Names that are code, a path, two lines, long, not ASCII: told of, traded, and the same instrument in both.
long=$(awk 'BEGIN { for (i = 0; i < 300; ++i) printf "x" }')
time='"timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"}'
for name in "../../x'; drop table t; --" 'two\nlines' "$long" '비트코인/원' '\u0022\\{1}'; do
  printf '{"symbol":"%s","exchange":"upbit","quote":"%s"}\n' "$name" "$name" >>hostile.ndjson
  printf '{"type":"trade","symbol":"%s","exchange":"upbit","price":1,"amount":1,"side":"buy",%s\n' "$name" "$time" >>trades.ndjson
done
mdload --dsn "$dsn" trades.ndjson
mdload -v --instruments --dsn "$dsn" hostile.ndjson
sql "SELECT count(*), count(DISTINCT symbol), bool_and(symbol = quote) FROM md.trades JOIN md.instrument i USING (exchange, symbol) WHERE exchange = 'upbit'"
jq -r .symbol hostile.ndjson | sort >expected
sql "SELECT symbol FROM md.instrument WHERE exchange = 'upbit'" | sort | diff expected -

# Bad lines are left out, the others stored; and what is no list changes nothing.
cat >bad.ndjson <<'END'
{"symbol":"A","exchange":"x","tick":0.5}
{"symbol":"B","tick":0.5}
{"exchange":"x","tick":0.5}
{"symbol":"C","exchange":"x","tick":0}
{"symbol":"D","exchange":"x","step":-1}
{"symbol":"E","exchange":"x","contractSize":"abc"}
{"symbol":"F","exchange":"x","active":"yes"}
{"symbol":7,"exchange":"x"}
{"symbol":"G\u0000","exchange":"x"}
["H","x"]
END
code=0
mdload --instruments --rejects kept --dsn "$dsn" bad.ndjson || code=$?
echo "exit: $code, $(sql "SELECT array_agg(symbol) FROM md.instrument WHERE exchange = 'x'"), kept: $(grep -c . kept)"
code=0
mdload --instruments --strict --dsn "$dsn" less.ndjson bad.ndjson || code=$?
echo "strict: $code"
code=0
mdload --instruments --dsn "$dsn" missing || code=$?
echo "missing: $code"
