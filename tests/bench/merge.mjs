// Two recordings of the same trades, of which one lost a hundredth, into one file: mddedupe against DuckDB and sort.
import { quote } from './runner/bench.mjs'

export const about = 'two recordings into one, .zst to .zst'

// Whole, and with losses; both recorders had a trade at the same moment, or sort could not know that it is one.
function inputs(bench, trades, tag) {
  bench.input(`${tag}.truth.zst`, `market --trades ${trades} --symbols 4 2>${tag}.said | zstd -q -3 >${tag}.truth.zst`)
  bench.input(`${tag}.lossy.zst`, `market --trades ${trades} --symbols 4 --lose-trades 10000 2>${tag}.said | zstd -q -3 >${tag}.lossy.zst`)
  return [`${tag}.lossy.zst`, `${tag}.truth.zst`]
}
const merge = (a, b, out) => `rm -f ${out} && exec mddedupe ${a} ${b} -o ${out}`

// Numbers as doubles, as DuckDB has them.
const loosely = `node -e ${quote(`
  let rest = ''
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (data) => {
    const lines = (rest + data).split('\\n')
    rest = lines.pop()
    const text = lines.map((line) => { const e = JSON.parse(line); return [e.symbol, e.id, e.price, e.amount, e.side, e.timestamp, e.localTimestamp].join() })
    process.stdout.write(text.join('\\n') + '\\n')
  })`)}`

export async function run(bench) {
  const trades = bench.size(3e6, 3e5)
  const [a, b] = inputs(bench, trades, 'merge')
  const duck = (out) => `rm -f ${out} && exec node ${quote(bench.rival('merge_duckdb.mjs'))} ${a} ${b} ${out}`
  const sort = (out) => `mkfifo one two; zstd -dqc ${a} >one & zstd -dqc ${b} >two & LC_ALL=C sort -m -u -t , -k 9,9 -k 2,2 -k 4,4 one two | zstd -qf -3 -o ${out}; rm one two`
  bench.sh(merge(a, b, 'made/ours.zst'))
  bench.sh(sort('made/sorted.zst'))
  bench.sh(duck('made/duck.ndjson.zst'))
  const truth = bench.digest(`zstd -dqc ${b}`)
  bench.equal('the merged stream is the whole one', truth, bench.digest('zstd -dqc made/ours.zst'))
  bench.equal('sort says the same', truth, bench.digest('zstd -dqc made/sorted.zst'))
  bench.equal('DuckDB says the same', bench.digest(`zstd -dqc made/ours.zst | ${loosely}`), bench.digest(`zstd -dqc made/duck.ndjson.zst | ${loosely}`))

  const times = await bench.race({
    mddedupe: () => bench.measure(merge(a, b, 'made/ours.zst')),
    DuckDB: () => bench.measure(duck('made/duck.ndjson.zst')),
    'sort -m -u': () => bench.measure(sort('made/sorted.zst')),
    'zstd -d, -d, zstd': () => bench.measure(`zstd -dqc ${b} >/dev/null & zstd -dqc ${a} | zstd -q -1 >made/limit.zst; wait`),
  })
  bench.compare({ contest: 'merge', times, ours: 'mddedupe', against: { DuckDB: 4, 'sort -m -u': undefined, 'zstd -d, -d, zstd': 0.6 }, amount: 2 * trades, unit: 'lines' })
  const mebibytes = times.mddedupe.kilobytes / 1024
  bench.value({ contest: 'merge', what: 'memory', value: mebibytes, text: `${mebibytes.toFixed(0)} MiB`, atMost: 64 })
}

export function scaled(bench, factor) {
  const trades = bench.size(4e5, 1e5) * factor // the window is full, or memory would seem to grow
  return {
    name: 'merge', amount: 2 * trades, unit: 'lines',
    prepare: () => inputs(bench, trades, `growth.merge.${factor}`),
    run: () => bench.measure(merge(`growth.merge.${factor}.lossy.zst`, `growth.merge.${factor}.truth.zst`, 'made/growth.zst')),
  }
}
