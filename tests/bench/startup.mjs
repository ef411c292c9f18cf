// How long a tool takes to begin: --version, against jq's.
export const about = 'start-up of the tools'

const TOOLS = ['mdrecord', 'mdnorm', 'mddedupe', 'mdcheck', 'mdload', 'mdbackup', 'mdsim']

export async function run(bench) {
  const runs = bench.size(100, 30)
  const once = (command) => ({ seconds: bench.median(bench.measureEach(command, runs).map((f) => f.seconds)) })
  const jq = []
  const ours = Object.fromEntries(TOOLS.map((tool) => [tool, []]))
  for (let round = 0; round <= bench.runs; round++) {
    for (const tool of TOOLS) ours[tool].push(once([tool, '--version']).seconds)
    jq.push(once(['jq', '--version']).seconds)
  }
  for (const tool of TOOLS) {
    const ms = 1000 * bench.median(ours[tool])
    bench.value({ contest: 'start-up', what: tool, value: ms, text: `${ms.toFixed(2)} ms`, atMost: 10 })
    const ratio = bench.median(ours[tool].map((s, i) => s / jq[i]))
    bench.value({ contest: 'start-up', what: `${tool} to jq (${(1000 * bench.median(jq)).toFixed(2)} ms)`, value: ratio, text: `${ratio.toFixed(2)}x`, atMost: 3 })
  }
}
