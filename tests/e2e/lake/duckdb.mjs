// Reads LAKE with DuckDB and, apart from it, line by line with exact integers; prints what DuckDB found and fails where the two differ.
//
//   node duckdb.mjs MODULES LAKE EVENTS
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const [modules, lake, events] = process.argv.slice(2)
const { DuckDBInstance } = createRequire(path.join(modules, 'x.js'))('@duckdb/node-api')

const SCALE = 12n // decimals of the sums
function scaled(text) {
  const [whole, fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(Number(SCALE), '0'))
}

const expected = new Map()
for (const line of fs.readFileSync(events, 'utf8').split('\n')) {
  if (line === '') continue
  const type = /^{"type":"(\w+)"/.exec(line)[1]
  const symbol = /"symbol":"([^"]*)"/.exec(line)?.[1] ?? '_'
  const key = `${type} ${symbol}`
  const sum = expected.get(key) ?? { rows: 0n, price: 0n, amount: 0n }
  sum.rows++
  if (type === 'trade') {
    sum.price += scaled(/"price":([0-9.]+)/.exec(line)[1])
    sum.amount += scaled(/"amount":([0-9.]+)/.exec(line)[1])
  }
  expected.set(key, sum)
}

const db = await (await DuckDBInstance.create()).connect()
const query = (select, files, more) =>
  db.runAndReadAll(`select ${select} from read_ndjson('${lake}/${files}', hive_partitioning=true${more}) group by type, symbol order by type, symbol`)
const counts = (await query('type, symbol, count(*)::varchar as rows', '**/*.ndjson.zst', ', union_by_name=true')).getRowsJson()
// Read as text: DuckDB takes a JSON number to a DECIMAL by way of a double.
const columns = ", columns={price: 'VARCHAR', amount: 'VARCHAR'}"
const exact = (column) => `sum(${column}::DECIMAL(38,12))::varchar`
const sums = (await query(`type, symbol, ${exact('price')}, ${exact('amount')}`, '*/type=trade/**/*.ndjson.zst', columns)).getRowsJson()

let differences = 0
const check = (what, found, wanted) => {
  if (found === wanted) return
  differences++
  console.log(`${what}: DuckDB says ${found}, the lines ${wanted}`)
}
for (const [type, symbol, rows] of counts) check(`rows of ${type} ${symbol}`, BigInt(rows), expected.get(`${type} ${symbol}`)?.rows)
check('streams', counts.length, expected.size)
for (const [type, symbol, price, amount] of sums) {
  check(`prices of ${symbol}`, scaled(price), expected.get(`${type} ${symbol}`).price)
  check(`amounts of ${symbol}`, scaled(amount), expected.get(`${type} ${symbol}`).amount)
}
console.log(`${counts.length} streams, ${sums.length} sums compared`)
process.exit(differences === 0 ? 0 : 1)
