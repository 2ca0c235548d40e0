import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { fill } from '../../../src/cli/story.ts'
import { setUpGroup, startWorld } from '../../helpers.ts'

describe.runIf(inject('hasPostgres'))('a server that takes no changes for a while', () => {
  it('is not ready, and its connections are left when it takes them again', async () => {
    const world = await startWorld({ store: 'postgres' })
    await setUpGroup(world)
    const ready = async () => (await fetch(`http://127.0.0.1:${world.app.port}/readyz`)).status
    expect(await ready()).toBe(200)
    const admin = new pg.Client({ connectionString: world.databaseUrl ?? '' })
    await admin.connect()
    const name = new URL(world.databaseUrl ?? '').pathname.slice(1)
    // New connections take no changes; those that the pool has are broken off, as by a failover.
    await admin.query(`alter database "${name}" set default_transaction_read_only = on`)
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
      [name],
    )
    await expect.poll(ready, { timeout: 10_000 }).toBe(503)
    const { transaction } = world.app.services.database
    const change = () =>
      transaction((tx) => tx.prisma.organisation.updateMany({ data: { name: 'Changed' } }))
    for (let times = 0; times < 12; times += 1) await expect(change()).rejects.toThrow(/read-only/)
    await admin.query(`set transaction_read_only = off`)
    await admin.query(`set default_transaction_read_only = off`)
    await admin.query(`alter database "${name}" reset default_transaction_read_only`)
    // One that was open and had refused nothing yet may be met once more.
    await expect
      .poll(() =>
        change().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    await expect.poll(ready, { timeout: 10_000 }).toBe(200)
    await fill(world.slack, 'UFACILITATOR', 'flag', { flag: 'talk' })
    expect((await world.db.group.findFirstOrThrow()).flag).toBe('talk')
    await admin.end()
  })
})
