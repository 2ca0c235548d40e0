// Makes what the code needs and git does not hold: Prisma's client, and the packed embedded store. Run by
// `npm ci`. Without the second one a first start takes longer, so its failing fails nothing.
import { spawnSync } from 'node:child_process'

const run = (command, args) =>
  spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1

const status = run('prisma', ['generate'])
if (status !== 0) process.exit(status)
if (run('node', ['scripts/pack-store.ts']) !== 0)
  console.warn('No embedded store was packed; a first start makes its own.')
