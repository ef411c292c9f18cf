// The rival of mdnorm: JSON.parse, the mappers of tardis-dev, JSON.stringify, over the same raw lines.
//
//   MD_BENCH_MODULES=DIR node tardis.mjs EXCHANGE FILE > events
//
// Output leaves in large pieces; new mappers at each connection, as the package itself does. (Parsing the frame alone, its envelope
// cut by position, was tried and is no faster.) Frames read are counted on stderr.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const tardis = createRequire(path.join(process.env.MD_BENCH_MODULES, 'x.js'))('tardis-dev')
const [exchange, file] = process.argv.slice(2)
const normalizers = [tardis.normalizeTrades, tardis.normalizeBookChanges, tardis.normalizeBookTickers]
if (exchange === 'binance-futures') normalizers.push(tardis.normalizeDerivativeTickers, tardis.normalizeLiquidations)

let mappers
let frames = 0
let pending = ''

function write(text) {
  pending += text
  if (pending.length < 262144) return
  fs.writeSync(1, pending)
  pending = ''
}

function onMessage(message, localTimestamp) {
  for (const mapper of mappers) {
    if (!mapper.canHandle(message)) continue
    const mapped = mapper.map(message, localTimestamp)
    if (mapped === undefined) continue
    for (const event of mapped) write(JSON.stringify(event) + '\n')
  }
}

function useTime(text) {
  const time = new Date(text)
  time.μs = Number(text.slice(23, 26))
  return time
}

function onFrame(data, request, localTimestamp) {
  frames++
  if (request === undefined) {
    onMessage(data, localTimestamp)
    return
  }
  // Its own recordings bear REST snapshots as generated frames.
  const depth = /\/depth\?symbol=([A-Z0-9_]+)/.exec(request)
  if (depth === null) return
  onMessage({ stream: `${depth[1].toLowerCase()}@depthSnapshot`, generated: true, data }, localTimestamp)
}

function onLine(line) {
  const raw = JSON.parse(line)
  const localTimestamp = useTime(raw.localTimestamp)
  if (raw.type === 'connect' || mappers === undefined) {
    mappers = normalizers.map((normalize) => normalize(exchange, localTimestamp))
  }
  if (raw.type === 'raw') onFrame(raw.data, raw.request, localTimestamp)
}

const input = fs.openSync(file)
const chunk = Buffer.allocUnsafe(1 << 20)
let rest = ''
for (let size; (size = fs.readSync(input, chunk, 0, chunk.length, null)) > 0; ) {
  const text = rest + chunk.toString('utf8', 0, size)
  let from = 0
  for (let to; (to = text.indexOf('\n', from)) !== -1; from = to + 1) onLine(text.slice(from, to))
  rest = text.slice(from)
}
fs.writeSync(1, pending)
console.error(frames)
