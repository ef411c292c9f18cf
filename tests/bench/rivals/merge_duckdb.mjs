// Two recordings of trades into one, as DuckDB would: one of each id, in the order of their times.
//
//   MD_BENCH_MODULES=DIR node merge_duckdb.mjs A B OUT
import { createRequire } from 'node:module'
import path from 'node:path'

const { DuckDBInstance } = createRequire(path.join(process.env.MD_BENCH_MODULES, 'x.js'))('@duckdb/node-api')
const [a, b, out] = process.argv.slice(2).map((file) => file.replaceAll("'", "''"))

const db = await (await DuckDBInstance.create()).connect()
await db.run('SET threads = 2')
await db.run(`
  COPY (
    SELECT * EXCLUDE copy FROM (
      SELECT *, row_number() OVER (PARTITION BY symbol, id ORDER BY localTimestamp) AS copy
      FROM read_ndjson(['${a}', '${b}'], compression = 'zstd', columns = {
        type: 'VARCHAR', symbol: 'VARCHAR', exchange: 'VARCHAR', id: 'VARCHAR', price: 'DOUBLE', amount: 'DOUBLE',
        side: 'VARCHAR', timestamp: 'VARCHAR', localTimestamp: 'VARCHAR'})
    ) WHERE copy = 1 ORDER BY localTimestamp
  ) TO '${out}' (FORMAT json, COMPRESSION zstd)`)
