import { describe, expect, it } from 'vitest'
import { createZoneData, ZONE_DATA_HERE } from '../../src/jobs/zone-data.ts'
import {
  fill,
  moveTo,
  planMessage,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = 60 * 60_000
const PLATFORMS = ['slack', 'teams'] as const

const later = (at: Date) => new Date(at.getTime() + HOUR_MS)
const plannedAt = async (world: World) =>
  (await world.db.occurrence.findMany({ where: { state: 'planned' }, orderBy: { dueAt: 'asc' } }))
    .map(({ kind, dueAt }) => `${kind} ${dueAt.toISOString()}`)
    .sort()
const sessionsOf = async (world: World) =>
  await world.db.session.findMany({ orderBy: { startsAt: 'asc' } })

/** As it would have been planned before the country gave up an hour. */
async function putBack(world: World): Promise<void> {
  for (const { organisationId, id, startsAt, endsAt } of await sessionsOf(world))
    await world.db.session.update({
      where: { organisationId_id: { organisationId, id } },
      data: { startsAt: later(startsAt), endsAt: later(endsAt) },
    })
  for (const { organisationId, id, dueAt } of await world.db.occurrence.findMany({
    where: { state: 'planned' },
  }))
    await world.db.occurrence.update({
      where: { organisationId_id: { organisationId, id } },
      data: { dueAt: later(dueAt) },
    })
  await world.db.organisation.updateMany({ data: { zoneData: '2000a' } })
}

/** The service starts with the runtime's zone data. */
async function start(world: World): Promise<void> {
  const zoneData = createZoneData(world.app.services, ZONE_DATA_HERE)
  await zoneData.run()
  await world.app.drain()
  // Nothing is left to do.
  await zoneData.run()
}

async function planAll(world: World, platform: (typeof PLATFORMS)[number]): Promise<void> {
  await setUpGroup(world, platform)
  const { facilitator, supervisor } = world.casts[platform]
  await fill(world[platform], supervisor, 'digest settings', { time: '8:30' })
  await planMessage(world[platform], facilitator, {
    text: 'Please bring a pen.',
    date: '2026-03-09',
    time: '10:00',
    repeat: 'weekly',
    count: '4',
  })
  await world.app.drain()
}

describe('a runtime that knows its zone data', () => {
  it('tells them', () => {
    expect(ZONE_DATA_HERE).toMatch(/^20\d\d[a-z]$/)
  })
})

describe.each(PLATFORMS.flatMap((platform) => STORES.map((store) => ({ platform, store }))))(
  'a country that changes its clocks, on $platform and $store',
  ({ platform, store }) => {
    it('keeps local times: sessions, reminders, check-ins, messages and digests are placed anew', async () => {
      const world = await startWorld({ store })
      await planAll(world, platform)
      const before = { sessions: await sessionsOf(world), planned: await plannedAt(world) }
      await putBack(world)
      expect(await plannedAt(world)).not.toEqual(before.planned)
      await start(world)
      const times = (rows: typeof before.sessions) =>
        rows.map(({ id, startsAt, endsAt }) => ({ id, startsAt, endsAt }))
      const after = await sessionsOf(world)
      expect(times(after)).toEqual(times(before.sessions))
      // Calendars see that each changed.
      expect(
        after.every(({ revision }, index) => revision > (before.sessions[index]?.revision ?? 0)),
      ).toBe(true)
      expect(await plannedAt(world)).toEqual(before.planned)
      const { zoneData } = await world.db.organisation.findFirstOrThrow()
      expect(zoneData).toBe(ZONE_DATA_HERE)
    })

    it('tells people of a session that is near, once, and of no other', async () => {
      const world = await startWorld({ store })
      await planAll(world, platform)
      await putBack(world)
      await start(world)
      const told = () =>
        world[platform].journal.seen
          .filter(({ kind }) => kind === 'session-moved')
          .map(({ person, text }) => `${person} ${text}`)
      const { members, facilitator } = world.casts[platform]
      // The first is tomorrow; the second in eight days.
      expect(told()).toHaveLength(members.length + 1)
      for (const line of told()) expect(line).toContain('3 March, 17:30 (Berlin time)')
      await world.db.organisation.updateMany({ data: { zoneData: '2000b' } })
      await start(world)
      expect(told()).toHaveLength(members.length + 1)
      // They come at the local time, and so does what is said of them.
      await moveTo(world, new Date(SESSION.startsAt.getTime() - DAY_MS))
      const reminded = world[platform].journal.seen.filter(({ kind }) => kind === 'reminder')
      expect(reminded.map(({ person }) => person).sort()).toEqual([...members, facilitator].sort())
      expect(reminded[0]?.text).toContain('17:30')
    })
  },
)

describe('zone data', () => {
  it('of an older runtime changes nothing', async () => {
    const world = await startWorld()
    await planAll(world, 'slack')
    await putBack(world)
    await world.db.organisation.updateMany({ data: { zoneData: '9999z' } })
    const planned = await plannedAt(world)
    await start(world)
    expect(await plannedAt(world)).toEqual(planned)
  })

  it('leave alone what they would put before now, what was cancelled by hand, and groups that ended', async () => {
    const world = await startWorld()
    await planAll(world, 'slack')
    const second = await world.db.session.findFirstOrThrow({
      where: { originalLocalStart: { startsWith: '2026-03-10' } },
    })
    await fill(world.slack, 'UFACILITATOR', 'cancel', { session: second.id })
    await world.app.drain()
    await putBack(world)
    // Half an hour after the digest's hour by the new clocks, and half an hour before it by the old.
    const digest = async () =>
      (await world.db.occurrence.findFirstOrThrow({ where: { kind: 'digest', state: 'planned' } }))
        .dueAt
    const at = await digest()
    world.clock.set(new Date(at.getTime() - HOUR_MS / 2))
    await start(world)
    expect(await digest()).toEqual(at)
    const cancelled = await world.db.session.findFirstOrThrow({ where: { id: second.id } })
    expect([cancelled.state, cancelled.startsAt]).toEqual(['cancelled', second.startsAt])
    await world.db.group.updateMany({ data: { endedAt: world.clock.now() } })
    await putBack(world)
    const moved = await sessionsOf(world)
    await start(world)
    expect(await sessionsOf(world)).toEqual(moved)
  })
})
