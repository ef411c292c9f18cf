// Frames to events on one core: mdnorm against JSON.parse, tardis-dev's mappers and JSON.stringify, and against a mere walk
// along the same JSON by simdjson. Whole processes, file to /dev/null.
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { quote } from './runner/bench.mjs'

export const about = 'captured frames to events, one thread'

const BYTES = Number(process.env.BENCH_BYTES ?? 1e9)

// What both must agree on: symbols, numbers and sides of trades, best prices and book changes. The rival's numbers are
// doubles and its times milliseconds, so ours are read as such. It has no trades where a capture bears other ids than it
// maps.
function comparable(text) {
  const levels = (side) => side.map((l) => `${Number(l.price)}x${Number(l.amount)}`)
  const out = { trade: [], book_ticker: [], book_change: [] }
  for (const line of text.split('\n')) {
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

// The frames over and over in one file: each time begins with a connect, so state does not grow.
function repeated(bench, name, one) {
  const bytes = fs.readFileSync(one)
  const copies = Math.max(1, Math.ceil((bench.quick ? BYTES / 10 : BYTES) / bytes.length))
  const out = fs.openSync(bench.file(name), 'w')
  for (let i = 0; i < copies; i++) fs.writeSync(out, bytes)
  fs.closeSync(out)
  let frames = 0
  for (let at = 0; (at = bytes.indexOf('\n{"type":"raw"', at)) !== -1; at++) frames++
  return { file: bench.file(name), frames: (frames + (bytes.subarray(0, 13).equals(Buffer.from('{"type":"raw"')) ? 1 : 0)) * copies }
}

async function contest(bench, name, exchange, one, targets) {
  const theirs = (file) => `node ${quote(bench.rival('tardis.mjs'))} ${exchange} ${quote(file)}`
  compare(name, comparable(bench.sh(`mdnorm ${quote(one)}`)), comparable(bench.sh(theirs(one))))
  const { file, frames } = repeated(bench, 'frames.ndjson', one)
  // One core for each: Node.js collects its garbage on others if it can.
  const times = await bench.race({
    mdnorm: () => bench.measure(`exec mdnorm ${quote(file)}`, { cpus: bench.oneCore }),
    'tardis-dev': () => bench.measure(`exec ${theirs(file)}`, { cpus: bench.oneCore }),
    'simdjson walk': () => bench.measure(`exec json_walk ${quote(file)}`, { cpus: bench.oneCore }),
  })
  fs.unlinkSync(file)
  bench.compare({ contest: `normalise ${name}`, times, ours: 'mdnorm', against: targets, amount: frames, unit: 'frames' })
}

export async function run(bench) {
  const synthetic = bench.input('frames.one.ndjson', 'mdsim --synthesize binance:btcusdt,ethusdt --print --rate 1000 --duration 30 >frames.one.ndjson')
  await contest(bench, 'synthetic binance', 'binance', synthetic, { 'tardis-dev': undefined, 'simdjson walk': undefined })
  for (const exchange of ['coinbase', 'binance-futures']) {
    if (bench.captures === undefined) {
      bench.skip(`normalise ${exchange}`, 'no MD_CAPTURES')
      continue
    }
    const one = bench.file(`${exchange}.ndjson`)
    const done = spawnSync('zstd', ['-qdfo', one, path.join(bench.captures, `${exchange}.raw.ndjson.zst`)])
    if (done.status !== 0) throw new Error(`zstd: ${done.stderr}`)
    await contest(bench, exchange, exchange, one, { 'tardis-dev': 20, 'simdjson walk': 0.25 })
  }
}

// Growth: a market that goes on, not one that begins again.
export function scaled(bench, factor) {
  const seconds = bench.size(400, 100) * factor
  const name = `growth.${seconds}.raw.ndjson`
  return {
    name: 'normalise', file: name, amount: seconds * 1000, unit: 'frames',
    prepare: () => bench.input(name, `mdsim --synthesize binance:btcusdt,ethusdt --print --rate 1000 --duration ${seconds} >${name}`),
    run: () => bench.measure(`exec mdnorm ${name}`, { cpus: bench.oneCore }),
  }
}
