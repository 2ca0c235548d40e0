import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { digestTogether } from '../../src/commands/digest-due.ts'
import { DAY_MS, plus } from '../../src/domain/time.ts'
import { START, STORES, setUpGroup, startWorld, type World } from '../helpers.ts'

const MONDAY = new Date('2026-03-09T07:00:00Z')

/** Supervisors of the group besides the cast's, each with a digest that is due in this zone. */
async function due({ db }: World, zones: readonly string[]) {
  const group = await db.group.findFirstOrThrow()
  const connection = await db.connection.findFirstOrThrow({ where: { platform: 'slack' } })
  const { organisationId } = group
  await db.occurrence.deleteMany({ where: { kind: 'digest' } })
  return await Promise.all(
    zones.map(async (timeZone) => {
      const [personId, id] = [randomUUID(), randomUUID()]
      await db.person.create({ data: { organisationId, id: personId, isStaff: true } })
      await db.account.create({
        data: {
          organisationId,
          id: randomUUID(),
          personId,
          connectionId: connection.id,
          externalId: `U${personId.slice(0, 8)}`,
        },
      })
      await db.rosterEntry.create({
        data: { organisationId, groupId: group.id, personId, role: 'supervisor', joinedAt: START },
      })
      await db.digestPlan.create({
        data: { organisationId, personId, weekday: 1, localTime: '08:00', timeZone },
      })
      await db.occurrence.create({
        data: { organisationId, id, kind: 'digest', dueAt: MONDAY, personId },
      })
      return { organisationId, personId, id }
    }),
  )
}

describe.each(STORES)('digests that are due at one minute (%s)', (store) => {
  it('are each one row, one note and the next week; one that cannot be done holds up no other', async () => {
    const failed: string[] = []
    const world = await startWorld({
      store,
      onLogLine: (line) => line.includes('job.failed') && failed.push(line),
    })
    await setUpGroup(world)
    const rows = await due(world, ['Europe/Berlin', 'Nowhere/Atall', 'Asia/Tokyo'])
    const [good, spoilt, other] = rows
    if (!good || !spoilt || !other) throw new Error('no rows')
    world.clock.set(plus(MONDAY, 1_000))
    await world.app.tick()
    const stateOf = async ({ id }: { id: string }) =>
      (await world.db.occurrence.findFirstOrThrow({ where: { id } })).state
    await expect
      .poll(async () => [await stateOf(good), await stateOf(other)], { timeout: 60_000 })
      .toEqual(['done', 'done'])
    expect(await stateOf(spoilt)).toBe('planned')
    for (const { personId } of [good, other]) {
      expect(await world.db.digest.count({ where: { personId } })).toBe(1)
      expect(await world.db.delivery.count({ where: { personId, kind: 'digest-notice' } })).toBe(1)
      expect(
        await world.db.occurrence.count({ where: { personId, kind: 'digest', state: 'planned' } }),
      ).toBe(1)
    }
    expect(await world.db.digest.count({ where: { personId: spoilt.personId } })).toBe(0)
    // Its own job fails, by its id: whoever watches failures hears of it.
    await expect
      .poll(() => failed.some((line) => line.includes(spoilt.id)), { timeout: 60_000 })
      .toBe(true)
    expect(failed.some((line) => line.includes(good.id))).toBe(false)
  })

  it('of one person come one after the other: the second begins where the first ended', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const [first] = await due(world, ['Europe/Berlin'])
    if (!first) throw new Error('no row')
    await world.app.services.queue.stop(1_000)
    const { organisationId, personId } = first
    const later = plus(MONDAY, 7 * DAY_MS)
    const again = { organisationId, id: randomUUID() }
    await world.db.occurrence.create({ data: { ...again, kind: 'digest', dueAt: later, personId } })
    world.clock.set(plus(later, 1_000))
    const jobs = [again, { organisationId, id: first.id }]
    expect(await digestTogether(world.app.services, jobs)).toEqual(new Set([first.id]))
    expect(await digestTogether(world.app.services, jobs)).toEqual(new Set([again.id]))
    const digests = await world.db.digest.findMany({
      where: { personId },
      orderBy: { endsAt: 'asc' },
    })
    expect(digests.map(({ endsAt }) => endsAt)).toEqual([MONDAY, later])
    expect(digests[1]?.startsAt).toEqual(MONDAY)
    // Done again, nothing changes.
    expect(await digestTogether(world.app.services, jobs)).toEqual(new Set())
  })
})
