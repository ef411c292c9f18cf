// Is a day of trades and book changes without holes: mdcheck against DuckDB's lag() and jq.
import { quote } from './runner/bench.mjs'

export const about = 'continuity of a day, .zst'

const MARKET = '--symbols 4 --lose-trades 20 --lose-books 50'

function input(bench, trades, books, tag) {
  return bench.input(`${tag}.zst`, `market --trades ${trades} --books ${books} ${MARKET} 2>${tag}.said | zstd -q -3 >${tag}.zst`)
}
// The number of holes, which the market counted when it made them: "lost N, holes in trades N, in books N".
const holes = (bench, tag) => bench.sh(`cat ${tag}.said`).match(/trades (\d+), in books (\d+)/).slice(1).map(Number).reduce((a, b) => a + b)

export async function run(bench) {
  const [trades, books] = bench.size([1e7, 2e6], [5e5, 1e5])
  input(bench, trades, books, 'day')
  const duck = `node ${quote(bench.rival('check_duckdb.mjs'))} day.zst`
  const jq = `zstd -dqc day.zst | jq -nf ${quote(bench.rival('check.jq'))}`
  const truth = String(holes(bench, 'day'))
  bench.equal('holes', truth, bench.sh(`mdcheck --json day.zst | jq 'select(.record == "total").holes'`, { allow: [0, 1] }))
  bench.equal('holes of DuckDB', truth, bench.sh(duck))
  bench.equal('holes of jq', truth, bench.sh(jq))

  const times = await bench.race({
    mdcheck: () => bench.measure('exec mdcheck day.zst', { allow: [0, 1] }),
    'DuckDB lag()': () => bench.measure(`exec ${duck}`),
    'zstd -dc | jq': () => bench.measure(jq),
    'zstd -d': () => bench.measure('exec zstd -dqc day.zst'),
  }, { once: ['zstd -dc | jq'] })
  bench.compare({ contest: 'check', times, ours: 'mdcheck', against: { 'DuckDB lag()': 2, 'zstd -dc | jq': undefined, 'zstd -d': 0.6 }, amount: trades + books, unit: 'lines' })
}

export function scaled(bench, factor) {
  const trades = bench.size(1e6, 1.5e5) * factor
  const tag = `growth.day.${factor}`
  return {
    name: 'check', amount: 1.2 * trades, unit: 'lines',
    prepare: () => input(bench, trades, trades / 5, tag),
    run: () => bench.measure(`exec mdcheck ${tag}.zst`, { allow: [0, 1] }),
  }
}
