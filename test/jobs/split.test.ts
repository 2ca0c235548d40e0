import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import type { Config } from '../../src/config.ts'
import { planDeliveries } from '../../src/store/outbox.ts'
import { atTheEnd } from '../ends.ts'
import { setUpGroup, startWorld, type World } from '../helpers.ts'

/**
 * Each workspace in a process of its own, on one store: what any of them has to say goes out at
 * once, from the process that serves the workspace. No clock ticks here.
 */
describe.runIf(inject('hasPostgres'))('workspaces split over processes', () => {
  it('hear of their messages at once, whichever process planned them', async () => {
    const { world, slack, teams } = await split()
    for (let round = 0; round < 5; round += 1)
      for (const from of [slack, teams])
        for (const platform of ['slack', 'teams'] as const)
          await expect
            .poll(await say(world, from, platform), { timeout: 5_000, interval: 20 })
            .toBe('sent')
  })

  it('hear again after the connection that they hear by was thrown out', async () => {
    const { world, slack } = await split()
    const admin = new pg.Client({ connectionString: world.databaseUrl ?? '' })
    await admin.connect()
    const listeners = async () => {
      const { rows } = await admin.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database()
           and query = 'listen "groupwell_lane"'`,
      )
      return rows.map(({ pid }) => pid)
    }
    const before = await listeners()
    // Of the two; the one that served both is over.
    expect(before).toHaveLength(2)
    for (const pid of before) await admin.query('select pg_terminate_backend($1)', [pid])
    await expect.poll(async () => (await listeners()).length, { timeout: 20_000 }).toBe(2)
    expect(await listeners()).not.toEqual(before)
    await expect.poll(await say(world, slack, 'teams'), { timeout: 5_000 }).toBe('sent')
    await admin.end()
  })
})

async function split() {
  const world = await startWorld({ store: 'postgres' })
  await setUpGroup(world, 'slack')
  await setUpGroup(world, 'teams', 'Thursday group')
  const only = async (change: Partial<Config>): Promise<App> => {
    const app = await startApp(
      { ...world.config, ...change },
      {
        clock: world.clock,
        isClockManual: true,
        isUnpaced: true,
        teamsAuthority: world.teams.authority,
      },
    )
    atTheEnd(() => app.stop())
    return app
  }
  await world.app.stop()
  return { world, slack: await only({ teams: null }), teams: await only({ slack: null }) }
}

/** Plans a message over one platform in some process; returns how to ask what became of it. */
async function say(world: World, from: App, platform: 'slack' | 'teams') {
  const { database, clock } = from.services
  const externalId = world.casts[platform].facilitator
  const { organisationId, personId } = await database.db.prisma.account.findFirstOrThrow({
    where: { externalId },
  })
  const { groupId } = await database.db.prisma.rosterEntry.findFirstOrThrow({
    where: { personId },
  })
  const key = randomUUID()
  const plan = { organisationId, key, kind: 'role-changed' as const, personId, groupId }
  await database.db.prisma.delivery.deleteMany()
  await database.transaction((tx) => planDeliveries(tx, [plan], clock.now()))
  return async () => (await database.db.prisma.delivery.findFirst({ where: { personId } }))?.state
}
