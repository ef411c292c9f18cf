// How much room a recording takes: the lake against gzip of the raw lines it came from (frames and the times of their
// reception, which the lake has too), the database against one row of JSON text for each update, as the system had before
// mdtools.
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { quote } from './runner/bench.mjs'
import { Postgres } from './runner/postgres.mjs'

export const about = 'room on disk'

// Random numbers compress worse than a market's: they are told, not judged.
const judged = (name) => !name.startsWith('synthetic')

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`

function lake(bench, name, raw, atLeast) {
  bench.sh(`rm -rf lake && mdnorm ${quote(raw)} | mddedupe --lake lake`)
  const bytes = Number(bench.sh(`find lake -name '*.zst' -printf '%s\\n' | awk '{ n += $1 } END { print n }'`))
  const gzip = Number(bench.sh(`gzip -6 <${quote(raw)} | wc -c`))
  const ratio = gzip / bytes
  bench.value({ contest: 'storage', what: `lake, ${name}: gzip -6 of the raw lines to it`, value: ratio, text: `${ratio.toFixed(2)}x`, atLeast, ours: kilobytes(bytes), against: kilobytes(gzip) })
}

// The original's table, and its rows from the event lines themselves.
const ORIGINAL = `CREATE TABLE original (id bigserial PRIMARY KEY, exchange text NOT NULL, symbol text NOT NULL, received timestamptz NOT NULL, data text NOT NULL)`
const AS_ROWS = `jq -rc 'select(.symbol != null) | [.exchange, .symbol, .localTimestamp, (. | tojson)] | @csv'`

function database(bench, server, name, raw, atLeast) {
  server.forget()
  // Captures are short: their rows again and again, or empty pages would be all there is. No row knows of its likes.
  bench.sh(`mdnorm ${quote(raw)} >once.ndjson; : >events.ndjson; while [ "$(wc -l <events.ndjson)" -lt 50000 ]; do cat once.ndjson >>events.ndjson; done; ${server.load('events.ndjson')}`)
  server.sql(`DROP TABLE IF EXISTS original; ${ORIGINAL}`)
  bench.sh(`${AS_ROWS} events.ndjson >original.csv && ${server.psql("\\copy original (exchange, symbol, received, data) FROM 'original.csv' CSV")}`)
  bench.equal('rows', server.sql('SELECT count(*) FROM original'), bench.sh(`grep -c '"symbol":' events.ndjson`))
  const ours = Number(server.sql(`SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'md' AND c.relkind = 'r' AND c.relname ~ '_[0-9]{8}$'`))
  const theirs = Number(server.sql("SELECT pg_total_relation_size('original')"))
  const ratio = theirs / ours
  bench.value({ contest: 'storage', what: `database, ${name}: rows of JSON text to it`, value: ratio, text: `${ratio.toFixed(2)}x`, atLeast, ours: kilobytes(ours), against: kilobytes(theirs) })
}

export async function run(bench) {
  const seconds = bench.size(600, 60)
  const inputs = { 'synthetic binance': bench.input('storage.ndjson', `mdsim --synthesize binance:btcusdt,ethusdt --print --rate 1000 --duration ${seconds} >storage.ndjson`) }
  for (const exchange of ['binance', 'binance-futures', 'coinbase']) {
    if (bench.captures === undefined) {
      bench.skip(`storage ${exchange}`, 'no MD_CAPTURES')
      continue
    }
    inputs[exchange] = bench.file(`storage.${exchange}.ndjson`)
    const done = spawnSync('zstd', ['-qdfo', inputs[exchange], path.join(bench.captures, `${exchange}.raw.ndjson.zst`)])
    if (done.status !== 0) throw new Error(`zstd: ${done.stderr}`)
  }
  for (const [name, raw] of Object.entries(inputs)) lake(bench, name, raw, judged(name) ? 1.4 : undefined)
  const server = new Postgres(bench)
  try {
    bench.sh(`mdload --init --dsn "${server.dsn}"`)
    for (const [name, raw] of Object.entries(inputs)) database(bench, server, name, raw, judged(name) ? 2 : undefined)
  } finally {
    server.stop()
  }
  fs.rmSync(bench.file('lake'), { recursive: true })
}
