// The number of holes in trades and book changes, by their numbers, as DuckDB would count them, with two threads.
//
//   MD_BENCH_MODULES=DIR node check_duckdb.mjs FILE
import { createRequire } from 'node:module'
import path from 'node:path'

const { DuckDBInstance } = createRequire(path.join(process.env.MD_BENCH_MODULES, 'x.js'))('@duckdb/node-api')
const file = process.argv[2].replaceAll("'", "''")

const db = await (await DuckDBInstance.create()).connect()
await db.run('SET threads = 2')
const answer = await db.runAndReadAll(`
  SELECT count(*) FILTER (type = 'trade' AND number <> before + 1
                          OR type = 'book_change' AND NOT isSnapshot AND prevSeq <> before)::INTEGER
  FROM (
    SELECT type, isSnapshot, prevSeq, coalesce(seq, id) AS number,
           lag(coalesce(seq, id)) OVER (PARTITION BY type, symbol ORDER BY localTimestamp) AS before
    FROM read_ndjson('${file}', compression = 'zstd', columns = {
      type: 'VARCHAR', symbol: 'VARCHAR', id: 'BIGINT', isSnapshot: 'BOOLEAN', prevSeq: 'BIGINT', seq: 'BIGINT',
      localTimestamp: 'VARCHAR'})
  )`)
console.log(answer.getRows()[0][0])
