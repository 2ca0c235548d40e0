import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, it, vi } from 'vitest'
import { startApp } from '../../../src/app.ts'
import { run } from '../../../src/door/run.ts'
import { atTheEnd, ownDir } from '../../ends.ts'
import { freePort } from '../../free-port.ts'
import { answer, incoming, moveTo, SESSION, setUpGroup, startWorld } from '../../helpers.ts'
import { serverUrl } from '../../postgres.ts'

const isThere = spawnSync('sh', ['-c', 'command -v pgbouncer']).status === 0
if (!isThere) process.stdout.write('POOLER: pgbouncer is not installed; its test was NOT run\n')

/** PgBouncer before the test server, a connection of the server for each of ours. */
async function startPooler(): Promise<string> {
  const dir = ownDir()
  fs.chmodSync(dir, 0o777)
  const { hostname, port, username } = new URL(serverUrl())
  const own = await freePort()
  fs.writeFileSync(path.join(dir, 'users'), `"${username}" ""\n`)
  fs.writeFileSync(
    path.join(dir, 'pooler.ini'),
    `[databases]
* = host=${hostname} port=${port || 5432} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = trust
auth_file = ${dir}/users
pool_mode = session
default_pool_size = 60
logfile = ${dir}/pooler.log
`,
  )
  // It refuses to run as root.
  const as = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
  const [command = '', ...rest] = [...as, 'pgbouncer', path.join(dir, 'pooler.ini')]
  const pooler = spawn(command, rest, { stdio: 'ignore' })
  const gone = new Promise((resolve) => pooler.once('exit', resolve))
  atTheEnd(async () => {
    pooler.kill('SIGTERM')
    // It waits for its clients; those of the test are gone.
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 5_000))])
    pooler.kill('SIGKILL')
  })
  return `postgresql://${username}@127.0.0.1:${own}`
}

describe.runIf(inject('hasPostgres') && isThere)('behind PgBouncer, in its session mode', () => {
  it('a process starts, hears, serves answers, and makes results', async () => {
    const world = await startWorld({ store: 'postgres' })
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    const pooler = await startPooler()
    const url = pooler + new URL(world.databaseUrl ?? '').pathname
    const start = () =>
      startApp(
        { ...world.config, store: { url, dataDir: '' } },
        {
          clock: world.clock,
          isClockManual: true,
          isUnpaced: true,
          teamsAuthority: world.teams.authority,
        },
      )
    // It takes a moment to listen.
    const pooled = await vi.waitFor(start, { timeout: 20_000, interval: 200 })
    atTheEnd(() => pooled.stop())
    world.slack.connectTo(`http://127.0.0.1:${pooled.port}`)
    for (const member of world.casts.slack.members) await answer(world, 'slack', member, '4')
    const next = await run(pooled.services, incoming('UFACILITATOR', { verb: 'next' }))
    expect(next && 'card' in next && next.card.kind).toBe('next')
    world.clock.set(new Date(SESSION.endsAt.getTime() + 3 * 24 * 60 * 60_000))
    await pooled.drain()
    const units = await world.db.releaseUnit.findMany()
    expect(units.map(({ state }) => state)).toEqual(['released'])
    await pooled.stop()
  })
})
