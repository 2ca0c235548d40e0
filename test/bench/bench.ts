/**
 * `npm run bench -- <name> [--json] [--record]`: measures, prints a table or JSON, and says which
 * goals are met; with `--record` it writes docs/measured.md anew. `all` records everything, each in
 * a process of its own; `ratios` is the short form for CI.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { isReachable } from '../postgres.ts'
import { BENCHES, type BenchName } from './benches.ts'
import type { Measured } from './measured.ts'
import { runRatios } from './ratios.ts'
import { record } from './record.ts'

const [name = '', ...flags] = process.argv.slice(2)
const isBench = (given: string): given is BenchName => Object.hasOwn(BENCHES, given)
const isKnown = isBench(name) || name === 'all' || name === 'ratios'
if (!isKnown || flags.some((flag) => flag !== '--json' && flag !== '--record')) {
  process.stderr.write(
    `bench ${[name, ...flags].join(' ')}: expected ${Object.keys(BENCHES).join(', ')}, all or ratios, and --json, --record or nothing. Example: npm run bench -- ack --json\n`,
  )
  process.exit(2)
}
if (!(await isReachable())) throw new Error('the bench needs Postgres: set TEST_DATABASE_URL')

if (name === 'all') runAll()
else if (name === 'ratios') process.exitCode = (await runRatios()) ? 0 : 1
else if (isBench(name)) {
  const { run } = await BENCHES[name]()
  const measured = await run()
  if (flags.includes('--record')) await record(name, measured)
  print(measured)
}
process.exit()

/** One after the other; one that fails leaves its part of the page as it was, and is told of. */
function runAll(): void {
  const script = path.join(import.meta.dirname, 'bench.ts')
  for (const one of Object.keys(BENCHES)) {
    process.stderr.write(`${one} …\n`)
    const given = [script, one, '--record', ...flags]
    const { status } = spawnSync(process.execPath, given, { stdio: 'inherit' })
    if (status === 0) continue
    process.stderr.write(`bench ${one} ended with ${status}\n`)
    process.exitCode = 1
  }
}

function print({ rows, goals, ...more }: Measured): void {
  if (flags.includes('--json')) {
    const said = { bench: name, ...more, rows, goals }
    return void process.stdout.write(`${JSON.stringify(said, null, 2)}\n`)
  }
  console.table(rows)
  for (const { goal, reached, isMet } of goals)
    process.stdout.write(`${isMet ? 'met   ' : 'SHORT '} ${goal}: ${reached}\n`)
}
