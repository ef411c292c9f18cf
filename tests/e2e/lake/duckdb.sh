# DuckDB reads the lake as a table: the same row counts and exact sums as the lines themselves.
set -eu

modules=$MD_SOURCE/out/bench/node_modules
if ! command -v node >/dev/null || [ ! -d "$modules/@duckdb" ]; then
  echo "DuckDB is not here: scripts/setup --bench brings it" >&2
  exit 77
fi

mdsim --synthesize binance:btcusdt,ethusdt --rate 200 --duration 60 --seed 7 --print | mdnorm >events
mddedupe --lake lake events
node "$MD_TESTS/lake/duckdb.mjs" "$modules" lake events
