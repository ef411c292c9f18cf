// A month out of PostgreSQL: mdbackup against psql and pg_dump with pigz behind them, and against the server's own binary
// COPY to nowhere.
import fs from 'node:fs'
import { quote } from './runner/bench.mjs'
import { Postgres } from './runner/postgres.mjs'

export const about = 'a month out of PostgreSQL into an archive'

const MONTH = '2024-10' // the market's
const TABLES = ['trade', 'book_change']

function loaded(bench, trades, tag) {
  const file = `${tag}.zst`
  bench.input(file, `market --trades ${trades} --books ${trades / 5} --symbols 4 --days 31 2>${tag}.said | zstd -q -3 >${file}`)
  const server = new Postgres(bench, `pg.${tag}`)
  bench.sh(`mdload --init --dsn "${server.dsn}"`)
  bench.sh(server.load(file))
  server.sql('ANALYZE')
  return server
}
const archive = (server) => `rm -f made/${MONTH}.tar && cd made && exec mdbackup export -j 2 --dsn ${quote(server.dsn)} --month ${MONTH}`

// The columns of our CSV, made by PostgreSQL; lines sorted, since an archive has a member for each symbol.
const micros = (column) => `(extract(epoch FROM ${column}) * 1000000)::bigint`
const ROWS = {
  trades: `SELECT exchange, symbol, ${micros('"timestamp"')}, ${micros('local_timestamp')}, id, side, trim_scale(price), trim_scale(amount) FROM md.trades`,
  // Symbol by symbol a change's levels are lines of their own; the numbers of the change are columns behind ours.
  incremental_book_L2: `SELECT exchange, symbol, ${micros('"timestamp"')}, ${micros('local_timestamp')}, CASE WHEN is_snapshot THEN 'true' ELSE 'false' END, side, trim_scale(price), trim_scale(amount) FROM md.book_levels`,
}
function rows_equal(bench, server) {
  for (const [table, query] of Object.entries(ROWS)) {
    const ours = `tar tf made/${MONTH}.tar | grep '^${table}/' | while read -r member; do tar xOf made/${MONTH}.tar "$member" | zstd -dqc | tail -n +2; done | cut -d , -f 1-8 | LC_ALL=C sort`
    const theirs = `${server.psql(`COPY (${query}) TO STDOUT CSV`)} | LC_ALL=C sort`
    bench.equal(`rows of ${table}`, bench.digest(ours), bench.digest(theirs))
  }
}

export async function run(bench) {
  const trades = bench.size(4e6, 2e5)
  const server = loaded(bench, trades, 'export')
  try {
    const psql = `${server.psql(...TABLES.map((t) => `COPY (SELECT * FROM md.${t}) TO STDOUT CSV`))} | pigz >made/psql.csv.gz`
    const dump = `pg_dump -Fc -Z0 -n md -d ${quote(server.dsn)} | pigz >made/dump.gz`
    const limit = server.psql(...TABLES.map((t) => `COPY (SELECT * FROM md.${t}) TO '/dev/null' (FORMAT binary)`))
    bench.sh(archive(server))
    bench.sh(`mdbackup verify made/${MONTH}.tar`)
    rows_equal(bench, server)
    const times = await bench.race({
      mdbackup: () => bench.measure(archive(server)),
      'psql | pigz': () => bench.measure(psql),
      'pg_dump | pigz': () => bench.measure(dump),
      'COPY BINARY to /dev/null': () => bench.measure(`exec ${limit}`),
    })
    bench.compare({ contest: 'export', times, ours: 'mdbackup', against: { 'psql | pigz': 2, 'pg_dump | pigz': 2, 'COPY BINARY to /dev/null': undefined }, amount: trades * 1.2, unit: 'rows' })
    const size = (name) => fs.statSync(bench.file(name)).size
    const ours = size(`made/${MONTH}.tar`)
    for (const [rival, name] of [['psql | pigz', 'made/psql.csv.gz'], ['pg_dump | pigz', 'made/dump.gz']]) {
      const share = ours / size(name)
      bench.value({ contest: 'export', what: `size, of that of ${rival}`, value: share, text: `${share.toFixed(2)}x`, atMost: 1, ours: `${(ours / 1e6).toFixed(1)} MB`, against: `${(size(name) / 1e6).toFixed(1)} MB` })
    }
  } finally {
    server.stop()
  }
}

export function scaled(bench, factor) {
  const trades = bench.size(2e5, 2e4) * factor
  let server
  return {
    name: 'export', amount: trades * 1.2, unit: 'rows',
    prepare: () => (server ??= loaded(bench, trades, `growth.export.${factor}`)),
    run: () => bench.measure(archive(server)),
    done: () => server?.stop(),
  }
}
