// From the socket to the pipe: how much later than a bare epoll reader mdrecord has a trade written. Median of runs.
export const about = 'tick to disk: a frame at the socket to its line with the kernel'

const micros = (value) => `${value.toFixed(1)} us`

export async function run(bench) {
  const seconds = bench.size(10, 2)
  const contestants = {
    mdrecord: 'mdrecord binance BTCUSDT --exact --types trade --once --ws-url',
    'epoll reader': 'epoll_reader',
  }
  for (const rate of [5000, 50000]) {
    const results = { mdrecord: [], 'epoll reader': [] }
    for (let round = 0; round <= bench.runs; round++) {
      for (const [name, command] of Object.entries(contestants)) {
        // It fails where a trade is missing, doubled or out of order.
        const result = JSON.parse(bench.sh(`tick_source ${rate} ${seconds} ${command}`))
        if (result.sentPerSecond < 0.98 * rate) throw new Error(`${name}: only ${result.sentPerSecond} trades a second were sent`)
        if (round > 0) results[name].push(result)
      }
    }
    for (const [which, atMost] of [['median', 50], ['p99', undefined], ['p999', 2000], ['max', undefined]]) {
      const over = bench.median(results.mdrecord.map((r, i) => r[which] - results['epoll reader'][i][which]))
      const of = (name) => `${name} ${micros(bench.median(results[name].map((r) => r[which])))}`
      bench.value({ contest: `tick to disk, ${rate} a second`, what: `${which}, over the bare reader`, value: over, text: micros(over), atMost, ours: of('mdrecord'), against: of('epoll reader') })
    }
  }
}
