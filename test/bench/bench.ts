/**
 * `npm run bench -- <name> [--json]`: measures, prints a table or JSON, and says which goals are
 * met.
 */
type Bench = (isJson: boolean) => Promise<void>
const BENCHES: Record<string, () => Promise<{ run: Bench }>> = {
  ack: () => import('./ack.ts'),
  cpu: () => import('./cpu.ts'),
  start: () => import('./start.ts'),
  fanout: () => import('./fanout.ts'),
  tick: () => import('./tick.ts'),
  ballot: () => import('./ballot.ts'),
  release: () => import('./release.ts'),
  staff: () => import('./staff.ts'),
  summary: () => import('./summary.ts'),
}

const [name = '', ...flags] = process.argv.slice(2)
const load = BENCHES[name]
if (!load || flags.some((flag) => flag !== '--json')) {
  process.stderr.write(
    `bench ${[name, ...flags].join(' ')}: expected ${Object.keys(BENCHES).join(', ')}, and --json or nothing. Example: npm run bench -- ack --json\n`,
  )
  process.exit(2)
}
const { run } = await load()
await run(flags.includes('--json'))
process.exit()
