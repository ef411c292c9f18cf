// Runs contests, tests/bench/*.mjs, and tells how they went. Called by scripts/bench.
//
//   node run.mjs ROOT BUILD SCRATCH OUT [--quick] [NAME...]
//
// OUT gets bench.json, and bench.md for BENCHMARKS.md. Exit 1: a target was missed, or a contest failed, as it does where
// answers differ.
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Bench, markdown, table } from './bench.mjs'

const [root, build, scratch, out, ...rest] = process.argv.slice(2)
const quick = rest.includes('--quick')
const chosen = rest.filter((word) => word !== '--quick')
const directory = path.join(root, 'tests/bench')
const names = fs.readdirSync(directory).filter((file) => file.endsWith('.mjs')).map((file) => path.basename(file, '.mjs'))
const unknown = chosen.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`bench: unknown contest '${unknown[0]}' (there are: ${names.join(', ')})`)
  process.exit(64)
}

const bench = new Bench({ quick, root, build, scratch, captures: process.env.MD_CAPTURES, modules: path.join(root, 'out/bench/node_modules') })
let failed = false
for (const name of chosen.length > 0 ? chosen : names) {
  const contest = await import(pathToFileURL(path.join(directory, `${name}.mjs`)))
  const begin = Date.now()
  console.log(`${name}: ${contest.about}`)
  try {
    await contest.run(bench)
  } catch (error) {
    failed = true
    bench.add({ contest: name, text: 'FAILED', error: error.message, target: '', met: false })
    console.error(error.message)
  }
  console.log(`  (${((Date.now() - begin) / 1000).toFixed(0)} s)`)
}

const result = bench.result()
fs.mkdirSync(out, { recursive: true })
fs.writeFileSync(path.join(out, 'bench.json'), JSON.stringify(result, null, 2) + '\n')
fs.writeFileSync(path.join(out, 'bench.md'), markdown(result))
console.log(`\n${table(result)}`)
process.exit(failed || result.rows.some((row) => row.met === false) ? 1 : 0)
