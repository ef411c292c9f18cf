// A venue at full speed through TLS into a spool: mdrecord against a recorder in Python, and against a client that only
// reads. The exchange is mdsim, new for each run and the same to a byte.
import { quote } from './runner/bench.mjs'

export const about = 'a venue at full speed, TLS, into a .zst spool'

const SYMBOLS = ['btcusdt', 'ethusdt', 'solusdt', 'xrpusdt']
const STREAMS = SYMBOLS.flatMap((s) => ['trade', 'depth@100ms', 'bookTicker'].map((channel) => `${s}@${channel}`))
const RATE = 10000

// An authority, and a certificate for 127.0.0.1.
function certificates(bench) {
  const make = (rest) => `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ${rest} 2>>openssl.txt`
  bench.input('server.pem', [
    make('-keyout ca.key -out ca.pem -subj /CN=authority'),
    make('-CA ca.pem -CAkey ca.key -keyout server.key -out server.pem -subj /CN=server -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE'),
  ].join(' && '))
}

// Runs a client against a new exchange; command: of its address.
async function against(bench, messages, command) {
  const exchange = await bench.exchange(['--synthesize', `binance:${SYMBOLS}`, '--rate', String(RATE), '--duration', String(messages / RATE), '--speed', 'max', '--tls', 'server.pem', 'server.key'])
  try {
    return await bench.measureBeside(command(exchange))
  } finally {
    exchange.stop()
    await exchange.ended
  }
}

const recorder = (raw) => ({ url }) =>
  `rm -rf made/spool && exec mdrecord binance ${SYMBOLS.map((s) => s.toUpperCase()).join(' ')} --exact --once ${raw} --spool made/spool --recorder a --ca-file ca.pem --ws-url ${url} --rest-url ${url.replace(/^ws/, 'http')}`
const python = (bench) => ({ url }) => `rm -f made/python.zst && exec /usr/bin/python3 ${quote(bench.rival('recorder.py'))} ${url}/stream ca.pem made/python.zst ${STREAMS.join(' ')}`
const reader = ({ port }) => `exec ws_reader ${port} ca.pem ${STREAMS.join(' ')} >read.txt`

// The frames of streams, and no other: acknowledgements and REST answers are not the contest.
const frames = (files) => `zstd -dqc ${files} | sed -n 's/^{"type":"raw".*,"data":\\({"stream":.*}\\)}$/\\1/p'`

export async function run(bench) {
  certificates(bench)
  const messages = bench.size(1e6, 1.5e5)
  const clients = { 'mdrecord --raw': recorder('--raw'), mdrecord: recorder(''), Python: python(bench), 'bare Beast': reader }

  await against(bench, messages, clients['mdrecord --raw'])
  await against(bench, messages, clients.Python)
  await against(bench, messages, clients['bare Beast'])
  bench.equal('recorded frames', bench.digest(frames('made/spool/a/binance/*.zst')), bench.digest(frames('made/python.zst')))
  const [count, bytes] = bench.sh(`${frames('made/python.zst')} | wc -lc`).trim().split(/\s+/).map(Number)
  bench.equal('frames read', bench.sh('cat read.txt'), `${count} frames ${bytes - count} bytes`)
  bench.equal('frames of the market', count, messages)
  await against(bench, messages, clients.mdrecord)
  bench.equal('gaps', bench.sh(`zstd -dqc made/spool/a/binance/*.zst | grep -c '^{"type":"gap"' || :`), '0')

  const times = await bench.race(Object.fromEntries(Object.entries(clients).map(([name, command]) => [name, () => against(bench, messages, command)])))
  const more = { times, amount: messages, unit: 'frames' }
  bench.compare({ contest: 'record raw', ours: 'mdrecord --raw', against: { Python: 5, 'bare Beast': 0.7 }, ...more })
  // Exchange and client share two cores; where the exchange is the slower one, time tells less of a client than its work does.
  const work = bench.median(times['mdrecord --raw'].list.map((run, i) => times.Python.list[i].cpu / run.cpu))
  const cpu = (name) => `${name} ${times[name].cpu.toFixed(2)} s of CPU`
  bench.value({ contest: 'record raw', what: 'CPU, of Python to it', value: work, text: `${work.toFixed(2)}x`, ours: cpu('mdrecord --raw'), against: cpu('Python') })
  bench.compare({ contest: 'record events', ours: 'mdrecord', against: { Python: undefined, 'bare Beast': undefined }, ...more })
}

export function scaled(bench, factor) {
  const messages = bench.size(3e5, 6e4) * factor
  return { name: 'record', amount: messages, unit: 'frames', prepare: () => certificates(bench), run: () => against(bench, messages, recorder('--raw')) }
}
