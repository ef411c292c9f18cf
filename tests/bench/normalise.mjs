// scripts/bench normalise: mdnorm against JSON.parse + the mappers of tardis-dev + JSON.stringify, whole processes on the
// same file, on one core, in alternation; medians of RUNS. Both write to
// /dev/null.
//
//   node normalise.mjs MDNORM CAPTURES SCRATCH RESULT.json
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const [mdnorm, captures, scratch, resultFile] = process.argv.slice(2)
const rival = path.join(path.dirname(fileURLToPath(import.meta.url)), 'normalise_rival.mjs')
const RUNS = Number(process.env.BENCH_RUNS ?? 5)
const BYTES = Number(process.env.BENCH_BYTES ?? 1e9)
const TARGET = 15

function run(command, args, stdout) {
  const out = fs.openSync(stdout, 'w')
  const start = process.hrtime.bigint()
  // One core for each: Node.js collects its garbage on others if it can.
  const done = spawnSync('taskset', ['-c', '0', command, ...args], { stdio: ['ignore', out, 'pipe'], maxBuffer: 1 << 28 })
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  fs.closeSync(out)
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${done.stderr}`)
  return { seconds, stderr: done.stderr.toString() }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
const spread = (values) => (Math.max(...values) - Math.min(...values)) / median(values)

// What both must agree on before any time counts: symbols, numbers and sides of trades and book changes. The rival's numbers are doubles and
// its times milliseconds, so ours are read as such. It has no trades where a capture bears other ids than it maps.
function comparable(file) {
  const levels = (side) => side.map((l) => `${Number(l.price)}x${Number(l.amount)}`)
  const out = { trade: [], book_ticker: [], book_change: [] }
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue
    const e = JSON.parse(line)
    if (e.type === 'trade') out.trade.push([e.symbol, e.id, e.price, e.amount, e.side].join())
    if (e.type === 'book_ticker') out.book_ticker.push([e.symbol, e.bidPrice, e.bidAmount, e.askPrice, e.askAmount].join())
    if (e.type === 'book_change') out.book_change.push([e.symbol, e.isSnapshot, levels(e.bids), levels(e.asks)].join())
  }
  return out
}

function compare(exchange, ours, theirs) {
  for (const type of Object.keys(ours)) {
    const known = new Set(theirs[type])
    if (known.size === 0) continue
    const missing = ours[type].filter((e) => !known.has(e)).length
    // It lets the last change up to the snapshot through once more: at most one a book.
    const books = new Set(theirs.book_change.map((e) => e.split(',')[0])).size
    const extra = theirs[type].length - ours[type].length
    if (missing > 0 || extra < 0 || extra > (type === 'book_change' ? books : 0)) {
      throw new Error(`${exchange}: answers differ: ${type}: ${missing} of ours unknown to the rival, ${extra} more of its`)
    }
    console.log(`  ${exchange}: ${ours[type].length} ${type} events equal`)
  }
}

const results = []
for (const exchange of ['coinbase', 'binance-futures']) {
  const one = path.join(scratch, `${exchange}.ndjson`)
  const big = path.join(scratch, `${exchange}.big.ndjson`)
  const decompressed = spawnSync('zstd', ['-qdfo', one, path.join(captures, `${exchange}.raw.ndjson.zst`)])
  if (decompressed.status !== 0) throw new Error(`zstd: ${decompressed.stderr}`)
  const bytes = fs.readFileSync(one)
  const lines = bytes.toString('utf8').split('\n').filter((l) => l.startsWith('{"type":"raw"')).length
  const copies = Math.ceil(BYTES / bytes.length)
  const out = fs.openSync(big, 'w')
  for (let i = 0; i < copies; i++) fs.writeSync(out, bytes)
  fs.closeSync(out)

  run(mdnorm, [one], path.join(scratch, 'ours'))
  run('node', [rival, exchange, one], path.join(scratch, 'theirs'))
  compare(exchange, comparable(path.join(scratch, 'ours')), comparable(path.join(scratch, 'theirs')))

  run(mdnorm, [big], '/dev/null') // warm: the file is in the page cache
  const times = { ours: [], theirs: [] }
  for (let i = 0; i < RUNS; i++) {
    times.ours.push(run(mdnorm, [big], '/dev/null').seconds)
    times.theirs.push(run('node', [rival, exchange, big], '/dev/null').seconds)
  }
  fs.unlinkSync(big)
  const figures = (seconds) => ({
    seconds: median(seconds),
    spread: spread(seconds),
    framesPerSecond: (lines * copies) / median(seconds),
  })
  results.push({
    contest: `normalise ${exchange}`,
    bytes: bytes.length * copies,
    frames: lines * copies,
    mdnorm: figures(times.ours),
    tardis: figures(times.theirs),
    ratio: median(times.ours.map((t, i) => times.theirs[i] / t)),
    target: TARGET,
  })
}

console.log('')
const row = (...cells) => console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(26) : cell.padStart(20))).join(''))
const speed = (f) => `${Math.round(f.framesPerSecond)} +-${(50 * f.spread).toFixed(0)} %`
row('frames a second', 'mdnorm', 'tardis-dev', 'ratio', 'target')
for (const r of results) row(r.contest, speed(r.mdnorm), speed(r.tardis), `${r.ratio.toFixed(1)}x`, `>= ${r.target}x`)
fs.writeFileSync(resultFile, JSON.stringify(results, null, 2) + '\n')
process.exit(results.every((r) => r.ratio >= r.target) ? 0 : 1)
