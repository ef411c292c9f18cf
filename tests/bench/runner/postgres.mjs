// A private server of PostgreSQL (scripts/pg-local), its database `md` with our schema, and what loads leave in it.
import fs from 'node:fs'
import path from 'node:path'
import { quote } from './bench.mjs'

export class Postgres {
  // name: of its directory; two servers at once have two.
  constructor(bench, name = 'pg') {
    this.bench = bench
    this.directory = bench.file(name)
    this.dsn = bench.sh(`${quote(path.join(bench.root, 'scripts/pg-local'))} start ${quote(this.directory)}`).trim()
    // Checkpoints come when we say so, not in the middle of somebody's turn.
    for (const setting of ["max_wal_size = '16GB'", "checkpoint_timeout = '1h'", 'autovacuum = off']) this.sql(`ALTER SYSTEM SET ${setting}`)
    this.sql('SELECT pg_reload_conf()')
    // For files that the server reads and writes.
    this.files = bench.file(`${name}.files`)
    fs.mkdirSync(this.files, { recursive: true })
    fs.chmodSync(this.files, 0o777)
  }
  psql(...commands) {
    return `psql -X -q -A -t -v ON_ERROR_STOP=1 -d ${quote(this.dsn)} -1 ${commands.map((c) => `-c ${quote(c)}`).join(' ')}`
  }
  sql(text) {
    return this.bench.sh(`psql -X -q -A -t -v ON_ERROR_STOP=1 -d ${quote(this.dsn)} -c ${quote(text)}`).trim()
  }
  stop() {
    this.bench.sh(`${quote(path.join(this.bench.root, 'scripts/pg-local'))} stop ${quote(this.directory)}`)
    fs.rmSync(this.directory, { recursive: true })
  }

  load = (file) => `mdload --dsn ${quote(this.dsn)} ${file}`

  // As if nothing had ever been loaded: without rows, ledger and the partitions of days.
  forget() {
    const days = this.sql("SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'md' AND c.relispartition AND c.relkind = 'r' AND c.relname ~ '_[0-9]{8}$'")
    if (days !== '') this.sql(`DROP TABLE ${days}`)
    this.sql('TRUNCATE md.load CASCADE')
  }
  checkpoint() {
    this.sql('CHECKPOINT')
  }

  // What rows a schema holds: their number, and sums of all their numbers, times and texts.
  content(schema) {
    const all = (array) => `sum((SELECT sum(x) FROM unnest(${array}) x))`
    return [
      this.sql(`SELECT count(*), sum(price), sum(amount), sum(hashtext(id)::bigint), sum(hashtext(side::text)::bigint), sum(extract(epoch FROM "timestamp")), sum(extract(epoch FROM local_timestamp)), sum(line) FROM ${schema}.trade`),
      this.sql(`SELECT count(*), sum(seq::numeric), sum(prev_seq::numeric), ${['bid_prices', 'bid_amounts', 'ask_prices', 'ask_amounts'].map(all).join(', ')}, sum(extract(epoch FROM "timestamp")), sum(line) FROM ${schema}.book_change`),
    ].join(' ')
  }
}
