// The rival of mdnorm: JSON.parse, the mappers of tardis-dev, JSON.stringify, over the same raw lines.
//
//   node normalise_rival.mjs EXCHANGE FILE line|frame > events
//
// line: JSON.parse of each line, as NDJSON is read.  frame: made as fast as plain JavaScript goes: only the frame is parsed, its
// envelope is cut by position. Both write in large pieces and make new mappers at each connection, as the package itself does.
// Frames read are counted on stderr.
import fs from 'node:fs'
import * as tardis from 'tardis-dev'

const [exchange, file, parsed] = process.argv.slice(2)
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

function connect(localTimestamp) {
  mappers = normalizers.map((normalize) => normalize(exchange, localTimestamp))
}

function onWholeLine(line) {
  const raw = JSON.parse(line)
  const localTimestamp = useTime(raw.localTimestamp)
  if (raw.type === 'connect' || mappers === undefined) connect(localTimestamp)
  if (raw.type === 'raw') onFrame(raw.data, raw.request, localTimestamp)
}

// {"type":"raw","exchange":"..","localTimestamp":"..",...,"data":FRAME}
function onCutLine(line) {
  const stamp = line.indexOf('"localTimestamp":"') + 18
  const localTimestamp = useTime(line.slice(stamp, stamp + 27))
  if (line.startsWith('{"type":"connect"') || mappers === undefined) connect(localTimestamp)
  if (!line.startsWith('{"type":"raw"')) return
  const data = JSON.parse(line.slice(line.indexOf(',"data":') + 8, -1))
  onFrame(data, line.startsWith(',"request":"', stamp + 28) ? line.slice(0, 300) : undefined, localTimestamp)
}

const onLine = parsed === 'frame' ? onCutLine : onWholeLine
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
