/**
 * `npm run bench -- <name> [--json]`: measures, prints a table or JSON, and says which goals are
 * met. `all` measures everything and writes docs/measured.md; `ratios` is the short form for CI.
 */

import { isReachable } from '../postgres.ts'
import { runAll } from './all.ts'
import { BENCHES, type BenchName } from './benches.ts'
import type { Measured } from './measured.ts'
import { runRatios } from './ratios.ts'

const [name = '', ...flags] = process.argv.slice(2)
const isJson = flags.includes('--json')
const isBench = (given: string): given is BenchName => Object.hasOwn(BENCHES, given)
if (
  flags.some((flag) => flag !== '--json') ||
  !(isBench(name) || ['all', 'ratios'].includes(name))
) {
  process.stderr.write(
    `bench ${[name, ...flags].join(' ')}: expected ${Object.keys(BENCHES).join(', ')}, all or ratios, and --json or nothing. Example: npm run bench -- ack --json\n`,
  )
  process.exit(2)
}
if (!(await isReachable())) throw new Error('the bench needs Postgres: set TEST_DATABASE_URL')

if (name === 'all') await runAll(isJson)
else if (name === 'ratios') process.exitCode = (await runRatios()) ? 0 : 1
else if (isBench(name)) {
  const { run } = await BENCHES[name]()
  print(await run())
}
process.exit()

function print({ rows, goals, ...more }: Measured): void {
  if (isJson) {
    const said = { bench: name, ...more, rows, goals }
    return void process.stdout.write(`${JSON.stringify(said, null, 2)}\n`)
  }
  console.table(rows)
  for (const { goal, reached, isMet } of goals)
    process.stdout.write(`${isMet ? 'met   ' : 'SHORT '} ${goal}: ${reached}\n`)
}
