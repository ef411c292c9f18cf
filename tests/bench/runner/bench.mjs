// What a contest is made of: programs, inputs, races, and rows of the table. See scripts/bench.
import { spawn, spawnSync } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
const spread = (values) => (Math.max(...values) - Math.min(...values)) / median(values)

// A text of the shell's own: names of scratch files may have any character.
export const quote = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`

export class Bench {
  median = median
  rows = []
  skipped = []

  // quick: small inputs and few runs. root: the tree. build: its release build. scratch: an empty directory.
  constructor({ quick, root, build, scratch, captures, modules }) {
    Object.assign(this, { quick, root, build, scratch, captures, modules })
    this.runs = Number(process.env.BENCH_RUNS ?? (quick ? 3 : 5))
    // Two cores, as the targets say, whatever the machine has; what is started inherits them.
    this.twoCores = coresAllowed().slice(0, 2).join()
    this.oneCore = this.twoCores.split(',')[0]
    spawnSync('taskset', ['-a', '-c', '-p', this.twoCores, String(process.pid)])
  }

  // How large an input is: what a quick run can bear, or all of it.
  size(full, quick) {
    return this.quick ? quick : full
  }

  // A tool, or a program of tests/bench/programs.
  program(name) {
    for (const directory of ['bin', 'bench']) {
      const file = path.join(this.build, directory, name)
      if (fs.existsSync(file)) return file
    }
    throw new Error(`there is no program '${name}' in ${this.build}`)
  }
  rival(name) {
    return path.join(this.root, 'tests/bench/rivals', name)
  }
  file(name) {
    return path.join(this.scratch, name)
  }

  // Runs a text of the shell, in which the tools and programs are found by name; gives its standard output.
  sh(text, { allow = [0] } = {}) {
    const done = spawnSync('sh', ['-c', text], { cwd: this.scratch, env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 30 })
    if (!allow.includes(done.status)) throw new Error(`exit ${done.status ?? done.signal}: ${text}\n${done.stderr.toString().slice(-2000)}`)
    return done.stdout.toString()
  }

  // Makes an input once, under a name that says all that decides its content.
  input(name, text) {
    const file = this.file(name)
    if (!fs.existsSync(file)) this.sh(text)
    return file
  }

  // Measures a text of the shell: wall clock and CPU seconds, and the peak memory of its largest process. cpus: the
  // cores it may use, as taskset has them.
  measure(text, { cpus = this.twoCores, allow = [0] } = {}) {
    return this.measureEach(['sh', '-c', text], 1, { cpus, allow })[0]
  }
  // Runs of one command, without a shell, one after the other.
  measureEach(command, runs, { cpus = this.twoCores, allow = [0] } = {}) {
    const report = this.file('measured')
    const done = spawnSync('taskset', ['-c', cpus, this.program('measure'), String(runs), report, ...command], {
      cwd: this.scratch,
      env: this.environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 1 << 28,
    })
    if (done.status !== 0) throw new Error(`measure failed: ${done.stderr}`)
    return fs.readFileSync(report, 'utf8').trim().split('\n').map((line) => figuresOf(line, command.at(-1), allow, done.stderr.toString()))
  }

  // Contestants {name: function that runs once and gives {seconds, kilobytes}} in alternation, so that what befalls the
  // machine befalls all; the first round warms up and is not counted. prepare: before each run. once: names of those
  // that take too long to be run more than once.
  async race(contestants, { runs = this.runs, prepare = async () => {}, once = [] } = {}) {
    const all = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
    for (let round = 0; round <= runs; round++) {
      for (const [name, run] of Object.entries(contestants)) {
        if (once.includes(name) && round > 0) continue
        await prepare(name)
        const figures = await run()
        if (round > 0 || once.includes(name)) all[name].push(figures)
      }
    }
    return Object.fromEntries(Object.entries(all).map(([name, list]) => [name, { ...this.summary(list), list }]))
  }
  summary(list) {
    const seconds = list.map((f) => f.seconds)
    return { seconds: median(seconds), spread: spread(seconds), cpu: median(list.map((f) => f.cpu ?? 0)), kilobytes: Math.max(...list.map((f) => f.kilobytes)) }
  }

  // A row for each rival or limit: how many times as fast `ours` is, as the median over the pairs of runs. against:
  // {name: least ratio, or undefined where it only is told}. amount and unit: how much one run works off.
  compare({ contest, times, ours, against, amount, unit }) {
    const one = times[ours]
    for (const [name, target] of Object.entries(against)) {
      const other = times[name]
      const pairs = one.list.map((run, i) => (other.list[i] ?? other).seconds / run.seconds)
      const ratio = median(pairs)
      this.add({
        contest, ours: figures(ours, one, amount), against: figures(name, other, amount), amount, unit, value: ratio,
        text: `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1)}x`, target: target === undefined ? '' : `>= ${target}x`,
        met: target === undefined ? undefined : ratio >= target,
      })
    }
  }
  // A row of a value that has a bound of its own.
  value({ contest, what, value, text, atMost, atLeast, ours, against }) {
    const bound = atMost !== undefined ? `<= ${atMost}` : atLeast !== undefined ? `>= ${atLeast}` : ''
    const met = bound === '' ? undefined : (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast)
    this.add({ contest, what, value, text: text ?? String(value), target: bound, met, ours, against })
  }
  add(row) {
    this.rows.push(row)
    console.log(`  ${cells(row).filter((cell) => cell !== '').join('  ')}`)
  }
  skip(contest, why) {
    this.skipped.push({ contest, why })
    console.log(`  skipped: ${why}`)
  }

  // What must be equal before a time counts.
  equal(what, ...values) {
    const texts = values.map((value) => (typeof value === 'string' ? value.trim() : JSON.stringify(value)))
    if (texts.some((text) => text !== texts[0])) throw new Error(`answers differ: ${what}: ${texts.map((text) => text.slice(0, 200)).join(' | ')}`)
  }
  // SHA-256 of what a text of the shell prints.
  digest(text) {
    return this.sh(`${text} | sha256sum | cut -d ' ' -f 1`).trim()
  }

  environment() {
    const { PATH } = process.env
    return { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: `${this.build}/bin:${this.build}/bench:${PATH}`, MD_BENCH_MODULES: this.modules }
  }

  // Starts a local exchange; {url, port, ended: promise}. Its standard output is the address.
  async exchange(args) {
    const child = spawn(this.program('mdsim'), args, { cwd: this.scratch, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const url = await new Promise((resolve, reject) => {
      child.stdout.once('data', (data) => resolve(data.toString().split('\n')[0]))
      child.once('exit', (code) => reject(new Error(`mdsim ended with ${code}`)))
      child.once('error', reject)
    })
    return { url, port: new URL(url.replace(/^ws/, 'http')).port, ended, stop: () => child.kill('SIGKILL') }
  }
  // The same as measure(), while an exchange of this process is running.
  async measureBeside(text, { allow = [0] } = {}) {
    const report = this.file(`measured.${crypto.randomUUID()}`)
    const child = spawn(this.program('measure'), ['1', report, 'sh', '-c', text], { cwd: this.scratch, env: this.environment(), stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (data) => (said = (said + data).slice(-2000)))
    await new Promise((resolve, reject) => { child.once('close', resolve); child.once('error', reject) })
    return figuresOf(fs.readFileSync(report, 'utf8'), text, allow, said)
  }

  result() {
    const [cpu] = os.cpus()
    const commit = spawnSync('git', ['-C', this.root, 'describe', '--always', '--dirty']).stdout?.toString().trim()
    return {
      date: new Date().toISOString().slice(0, 10), commit, quick: this.quick,
      machine: { cpu: cpu.model, cores: os.cpus().length, memoryGiB: Math.round(os.totalmem() / 2 ** 30), kernel: os.release(), load: os.loadavg()[0] },
      rows: this.rows, skipped: this.skipped,
    }
  }
}

function coresAllowed() {
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

// A line of what measure(1) of tests/bench/programs reports.
function figuresOf(line, what, allow, said) {
  const [seconds, user, system, kilobytes, status] = line.trim().split(' ').map(Number)
  if (!allow.includes(status)) throw new Error(`exit ${status}: ${what}\n${said.slice(-2000)}`)
  return { seconds, cpu: user + system, kilobytes }
}

function figures(name, f, amount) {
  return { name, seconds: f.seconds, spread: f.spread, cpu: f.cpu, kilobytes: f.kilobytes, perSecond: amount === undefined ? undefined : amount / f.seconds }
}

const seconds = (s) => (s >= 1 ? `${s.toFixed(2)} s` : `${(1000 * s).toFixed(1)} ms`)
function contestant(f, unit) {
  if (f === undefined) return ''
  if (typeof f === 'string') return f
  const rate = f.perSecond === undefined ? '' : `, ${(f.perSecond / 1e6).toFixed(2)} M ${unit}/s`
  return `${f.name} ${seconds(f.seconds)} +-${(50 * f.spread).toFixed(0)} %${rate}, ${(f.kilobytes / 1024).toFixed(0)} MiB`
}
const verdict = (met) => (met === undefined ? '' : met ? 'met' : 'MISSED')

const HEAD = ['contest', 'ours', 'against', 'result', 'target', '']
function cells(row) {
  const contest = row.what === undefined ? row.contest : `${row.contest}: ${row.what}`
  return [contest, contestant(row.ours, row.unit), contestant(row.against, row.unit), row.text, row.target, verdict(row.met)]
}

export function table({ rows, skipped }) {
  const lines = [HEAD, ...rows.map(cells)]
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i].length)))
  const text = lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd())
  return [...text, ...skipped.map(({ contest, why }) => `${contest}: skipped: ${why}`)].join('\n')
}

// For BENCHMARKS.md.
export function markdown({ date, commit, quick, machine, rows, skipped }) {
  const line = (list) => `| ${list.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const { cpu, cores, memoryGiB, kernel, load } = machine
  return [
    `${date}, commit ${commit}${quick ? ', --quick' : ''}; ${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, load at the end ${load.toFixed(1)}.`, '',
    line(HEAD.map((cell) => cell || 'verdict')), line(HEAD.map(() => '---')), ...rows.map((row) => line(cells(row))),
    ...(skipped.length > 0 ? ['', ...skipped.map(({ contest, why }) => `- ${contest}: skipped: ${why}`)] : []), '',
  ].join('\n')
}
