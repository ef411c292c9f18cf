// The rival of mdnorm: JSON.parse, the mappers of tardis-dev, JSON.stringify, over the same raw lines.
//
//   node normalise_rival.mjs EXCHANGE FILE > events
//
// Made as fast as plain JavaScript goes: only the frame is parsed, its envelope is cut by position; output leaves in
// large pieces. New mappers at each connection, as the package itself does. Frames read are counted on stderr.
import fs from 'node:fs'
import * as tardis from 'tardis-dev'

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

// {"type":"raw","exchange":"..","localTimestamp":"..",...,"data":FRAME}
function onLine(line) {
  const stamp = line.indexOf('"localTimestamp":"') + 18
  const localTimestamp = new Date(line.slice(stamp, stamp + 27))
  localTimestamp.μs = Number(line.slice(stamp + 23, stamp + 26))
  if (line.startsWith('{"type":"connect"') || mappers === undefined) {
    mappers = normalizers.map((normalize) => normalize(exchange, localTimestamp))
  }
  if (!line.startsWith('{"type":"raw"')) return
  frames++
  const data = JSON.parse(line.slice(line.indexOf(',"data":') + 8, -1))
  const request = /"request":"[^"]*\/depth\?symbol=([A-Z0-9_]+)/.exec(line.slice(0, 300))
  if (request !== null) {
    // Its own recordings bear REST snapshots as generated frames.
    onMessage({ stream: `${request[1].toLowerCase()}@depthSnapshot`, generated: true, data }, localTimestamp)
  } else if (!line.includes('"request":"')) {
    onMessage(data, localTimestamp)
  }
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
