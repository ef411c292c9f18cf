// A day into PostgreSQL: mdload reads .zst lines; the rivals have the same rows ready-made, psql as CSV, the server (the
// limit) as binary COPY. One connection each, one transaction.
import { Postgres } from './runner/postgres.mjs'

export const about = 'a day into PostgreSQL'

const TABLES = ['trade', 'book_change']

function input(bench, trades, tag) {
  bench.input(`${tag}.zst`, `market --trades ${trades} --books ${trades / 5} --symbols 4 2>${tag}.said | zstd -q -3 >${tag}.zst`)
  return `${tag}.zst`
}

// Tables of the same columns for the rivals, with or without the indexes, and nothing else.
function rivals(server, indexes) {
  server.sql('DROP SCHEMA IF EXISTS rival CASCADE; CREATE SCHEMA rival')
  for (const table of TABLES) server.sql(`CREATE TABLE rival.${table} (LIKE md.${table} ${indexes ? 'INCLUDING INDEXES' : ''})`)
}

async function contest(bench, server, file, { name, indexes, targets, amount }) {
  rivals(server, indexes)
  const contestants = {
    mdload: server.load(file),
    'psql \\copy': server.psql(...TABLES.map((t) => `\\copy rival.${t} FROM '${t}.csv' CSV`)),
    'COPY BINARY': server.psql(...TABLES.map((t) => `COPY rival.${t} FROM '${server.files}/${t}.bin' (FORMAT binary)`)),
  }
  const prepare = () => {
    server.forget()
    server.sql(TABLES.map((t) => `TRUNCATE rival.${t}`).join('; '))
    server.checkpoint()
  }
  // The rows of both rivals are those that mdload made; that these are the file's is what its own tests show, and the count
  // of lines here.
  for (const [rival, command] of Object.entries(contestants)) {
    prepare()
    bench.sh(command)
    bench.equal(`${name}: rows of ${rival}`, server.content(rival === 'mdload' ? 'md' : 'rival'), server.expected)
  }
  const times = await bench.race(Object.fromEntries(Object.entries(contestants).map(([rival, command]) => [rival, () => bench.measure(`exec ${command}`)])), { prepare })
  bench.compare({ contest: name, times, ours: 'mdload', against: targets, amount, unit: 'rows' })
}

// Ready-made files of the rows that the database has.
function ready_made(bench, server) {
  bench.sh(server.psql(...TABLES.map((t) => `\\copy (SELECT * FROM md.${t}) TO '${t}.csv' CSV`)))
  server.sql(TABLES.map((t) => `COPY (SELECT * FROM md.${t}) TO '${server.files}/${t}.bin' (FORMAT binary)`).join('; '))
}

export async function run(bench) {
  const trades = bench.size(4e6, 2e5)
  const amount = trades * 1.2
  const file = input(bench, trades, 'load')
  const server = new Postgres(bench)
  try {
    bench.sh(`mdload --init --dsn "${server.dsn}"`)
    bench.sh(server.load(file))
    bench.equal('rows', server.sql('SELECT (SELECT count(*) FROM md.trade) + (SELECT count(*) FROM md.book_change)'), bench.sh(`zstd -dqc ${file} | wc -l`))
    bench.equal('amounts', server.sql('SELECT trim_scale(sum(amount)) FROM md.trade'),
      bench.sh(`zstd -dqc ${file} | grep '"type":"trade"' | sed 's/.*"amount":\\([0-9.]*\\).*/\\1/' | awk '{ n += int($1 * 100000 + 0.5) } END { printf "%.0f", n }' | sed 's/\\(.....\\)$/.\\1/; s/0*$//; s/[.]$//'`))
    server.expected = server.content('md')
    ready_made(bench, server)
    await contest(bench, server, file, { name: 'load, indexed', indexes: true, amount, targets: { 'psql \\copy': 3, 'COPY BINARY': undefined } })
    for (const table of TABLES) {
      const indexes = server.sql(`SELECT string_agg(indexrelid::regclass::text, ', ') FROM pg_index WHERE indrelid = 'md.${table}'::regclass`)
      server.sql(`DROP INDEX ${indexes}`)
    }
    await contest(bench, server, file, { name: 'load, no index', indexes: false, amount, targets: { 'psql \\copy': 1.6, 'COPY BINARY': 0.85 } })
  } finally {
    server.stop()
  }
}

let growing
export function scaled(bench, factor) {
  const trades = bench.size(2e5, 3e4) * factor
  return {
    name: 'load', amount: trades * 1.2, unit: 'rows',
    prepare() {
      input(bench, trades, `growth.load.${factor}`)
      if (growing === undefined) {
        growing = new Postgres(bench)
        bench.sh(`mdload --init --dsn "${growing.dsn}"`)
      }
      growing.forget()
      growing.checkpoint()
    },
    run: () => bench.measure(`exec ${growing.load(`growth.load.${factor}.zst`)}`),
    done() {
      growing?.stop()
      growing = undefined
    },
  }
}
