// Time in proportion to the input, and memory that does not grow: the other contests' tools at 1, 4 and 16 times an input
// that is small, but long enough for their start not to count. And what grows in another way: deep books, many symbols.
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

export const about = 'inputs at 1x, 4x, 16x; books of 10,000 levels; 5,000 symbols'

const FACTORS = [1, 4, 16]

async function linear(bench, scaled) {
  const steps = FACTORS.map((factor) => ({ factor, ...scaled(bench, factor) }))
  try {
    const all = steps.map(() => [])
    // Factors in alternation, as contestants are.
    for (let round = 0; round <= (bench.quick ? 2 : bench.runs); round++) {
      for (const [i, step] of steps.entries()) {
        await step.prepare()
        const figures = await step.run()
        if (round > 0) all[i].push(figures)
      }
    }
    const of = (i) => bench.summary(all[i])
    for (const i of [1, 2]) {
      const each = (run, step) => run.seconds / step.amount
      const growth = bench.median(all[i].map((run, n) => each(run, steps[i]) / each(all[0][n], steps[0])))
      const text = (n) => `${steps[n].factor}x ${of(n).seconds.toFixed(2)} s, ${(of(n).kilobytes / 1024).toFixed(0)} MiB`
      const told = { contest: `growth of ${steps[0].name}, ${steps[i].factor}x`, ours: text(i), against: text(0) }
      bench.value({ ...told, what: `time for each of the ${steps[0].unit}, to that at 1x`, value: growth, text: growth.toFixed(2), atMost: 1.1 })
      const memory = of(i).kilobytes / of(0).kilobytes
      bench.value({ ...told, what: 'memory, to that at 1x', value: memory, text: memory.toFixed(2), atMost: 1.1 })
    }
  } finally {
    for (const step of steps) step.done?.()
  }
}

// What a frame costs with so many levels in each book and so many symbols, and the memory.
function wide(bench, what, options) {
  const frames = bench.size(5e5, 1e5)
  const file = bench.input('wide.ndjson', `mdsim ${options} --print --rate 1000 --duration ${frames / 1000} >wide.ndjson`)
  const figures = (text, allow) => {
    const all = Array.from({ length: bench.runs + 1 }, () => bench.measure(text, { cpus: bench.oneCore, allow })).slice(1)
    const { seconds, kilobytes } = bench.summary(all)
    return `${seconds.toFixed(2)} s, ${(frames / seconds / 1e6).toFixed(2)} M frames/s, ${(kilobytes / 1024).toFixed(0)} MiB`
  }
  bench.sh('mdnorm wide.ndjson >wide.events')
  bench.value({ contest: what, what: 'mdnorm', value: frames, text: figures('exec mdnorm wide.ndjson') })
  bench.equal(`holes with ${what}`, bench.sh(`mdcheck --json wide.events | jq 'select(.record == "total").holes'`), '0')
  bench.value({ contest: what, what: 'mdcheck of its events', value: frames, text: figures('exec mdcheck wide.events') })
  bench.value({ contest: what, what: 'mddedupe of its events with themselves', value: frames, text: figures('exec mddedupe wide.events wide.events') })
  for (const name of [file, bench.file('wide.events')]) fs.unlinkSync(name)
}

export async function run(bench) {
  const directory = path.join(bench.root, 'tests/bench')
  for (const name of fs.readdirSync(directory).filter((file) => file.endsWith('.mjs'))) {
    const { scaled } = await import(pathToFileURL(path.join(directory, name)))
    if (scaled !== undefined) await linear(bench, scaled)
  }
  wide(bench, 'books of 100 levels, 2 symbols', '--synthesize binance:btcusdt,ethusdt')
  // Of binance a client gets 5000 levels a side at most by REST, 10,000 in all, and the changes bring more.
  wide(bench, 'books of 10,000 levels, 2 symbols', '--synthesize binance:btcusdt,ethusdt --levels 10000')
  const symbols = Array.from({ length: 5000 }, (_, i) => `s${i}usdt`).join(',')
  wide(bench, 'books of 16 levels, 5,000 symbols', `--synthesize binance:${symbols} --levels 16`)
}
