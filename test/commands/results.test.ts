import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { digestWindow } from '../../src/domain/digest.ts'
import { programmeOf } from '../../src/domain/summary.ts'
import { run } from '../../src/door/run.ts'
import { ensureActor, findConnection } from '../../src/store/access.ts'
import { type GroupFacts, inWeek, writeGroup } from '../golden/groups.ts'
import { incoming, startWorld, type World } from '../helpers.ts'

/**
 * Results beside each other, and who sees them: written into the store as a programme would
 * have left them.
 */
let world: World
beforeAll(async () => {
  world = await startWorld()
  const connection = await findConnection(world.store, 'slack', 'T0DEMO')
  if (!connection) throw new Error('not connected')
  for (const externalId of ['UFACILITATOR', 'USUPERVISOR', 'UMEMBER1'])
    await ensureActor(world.store, connection, { externalId })
})
afterEach(() => world.db.group.deleteMany())
afterAll(() => world.end())

async function group(facts: Omit<GroupFacts, 'alias'>, now: Date): Promise<string> {
  const groupId = await writeGroup(world, { alias: 'Tuesday group', ...facts })
  const { organisationId, personId } = await world.db.account.findFirstOrThrow({
    where: { externalId: 'UMEMBER1' },
  })
  await world.db.rosterEntry.create({
    data: { organisationId, groupId, personId, role: 'member', joinedAt: now },
  })
  world.clock.set(now)
  return groupId
}
/**
 * The words that somebody gets, without the names of a chart's levels, which stand there whatever it shows.
 */
const shown = async (person: string, verb: string, id?: string) => {
  const reply = await run(world.app.services, incoming(person, { verb, input: id ? { id } : {} }))
  return JSON.stringify(reply, (key, value) => (key === 'levels' ? undefined : value))
}

describe('a result for staff alone between two that members see', () => {
  let id: string
  beforeEach(async () => {
    const results = [
      { week: 0, mean: 0.7 },
      { week: 1, mean: 0.1, audience: 'staff' as const },
      { week: 2, mean: 0.7 },
    ]
    id = await group({ results }, inWeek(2, 60))
  })

  it.each(['summary', 'summary.four', 'summary.all', 'summary.post'])(
    'tells nothing of itself in %s',
    async (verb) => {
      const reader = verb === 'summary.post' ? 'UFACILITATOR' : 'UMEMBER1'
      const text = await shown(reader, verb, id)
      expect(text).toContain('mostly high')
      expect(text).not.toMatch(/mostly low|: higher|: lower|↑|↓|Not enough|10 March/)
    },
  )

  it('is told to staff as their own, and changes nothing of what both see', async () => {
    const text = await shown('UFACILITATOR', 'summary.four', id)
    expect(text).toContain('Tuesday 10 March: mostly low ↓ lower')
    expect(text).toContain('Tuesday 17 March: mostly high → no clear change')
    expect(await shown('UFACILITATOR', 'summary', id)).toContain(
      'Change: none that is clear, compared with a result shown before.',
    )
  })
})

it('a newer set for staff alone hides nothing from members, and is not told of', async () => {
  const results = [
    { week: 0, mean: 0.7 },
    { week: 1, mean: 0.3, set: 'ons4' as const, audience: 'staff' as const },
  ]
  const id = await group({ results }, inWeek(1, 60))
  const text = await shown('UMEMBER1', 'summary', id)
  expect(text).toContain('Group climate: mostly high')
  expect(text).not.toMatch(/ONS4|Life satisfaction/)
})

describe('a programme that is over', () => {
  const ends = [
    { week: 0, mean: 0.2 },
    { week: 4, mean: 0.8, audience: 'staff' as const },
    { week: 9, mean: 0.7 },
  ]

  it('closes for members with what members saw', async () => {
    const results = [
      { week: 0, mean: 0.9, audience: 'staff' as const, set: 'ons4' as const },
      ...ends,
    ]
    const id = await group({ results }, inWeek(13, 0))
    const text = await shown('UMEMBER1', 'summary', id)
    expect(text).toContain('The whole programme')
    expect(text).toContain('From the check-in of Tuesday 3 March to the one of Tuesday 5 May')
    expect(text).toContain('mostly low at the start, mostly high at the end')
    expect(text).not.toContain('Life satisfaction')
  })

  it('does not end with a result for staff alone, for members', async () => {
    const results = [...ends, { week: 11, mean: 0.1, audience: 'staff' as const }]
    const id = await group({ results }, inWeek(13, 0))
    expect(await shown('UMEMBER1', 'summary', id)).toContain('to the one of Tuesday 5 May')
    expect(await shown('UFACILITATOR', 'summary', id)).toContain('to the one of Tuesday 19 May')
  })

  it('keeps its course when the last check-in did not open, and says what is not shown after it', async () => {
    const results = [
      { week: 0, mean: 0.2 },
      { week: 9, mean: 0.8 },
      { week: 10, mean: 0, state: 'withheld' as const },
      { week: 11, mean: 0, isDropped: true },
    ]
    const text = await shown('UFACILITATOR', 'summary', await group({ results }, inWeek(13, 0)))
    expect(text).toContain('mostly low at the start, mostly high at the end')
    expect(text).toContain('1 later result is not shown.')
    expect(text).toContain('did not open. It needs 6 members who have used Groupwell')
  })

  it('sets only the same questions side by side', async () => {
    const results = [
      { week: 0, mean: 0.2, version: 1 },
      { week: 5, mean: 0.8, version: 1 },
      { week: 9, mean: 0.1 },
    ]
    const text = await shown('UFACILITATOR', 'summary', await group({ results }, inWeek(13, 0)))
    expect(text).toContain('There are too few results to compare start and end.')
    expect(text).toContain('Group climate: mostly low')
  })

  it('leaves out what another programme published long before', async () => {
    const id = await group({ results: ends }, inWeek(13, 0))
    const { db } = world
    // The first session was half a year earlier.
    const first = await db.session.findFirstOrThrow({
      where: { groupId: id },
      orderBy: { startsAt: 'asc' },
    })
    const at = inWeek(-26, 0)
    await db.session.updateMany({
      where: { id: first.id },
      data: { startsAt: at, endsAt: inWeek(-26, 1.5) },
    })
    await db.checkIn.updateMany({
      where: { sessionId: first.id },
      data: { opensAt: at, closesAt: inWeek(-26, 49) },
    })
    const text = await shown('UMEMBER1', 'summary', id)
    expect(text).toContain('11 sessions held.')
    expect(text).toContain('There are too few results to compare start and end.')
  })

  it('offers no posting once the group has ended', async () => {
    const id = await group({ results: ends }, inWeek(13, 0))
    expect(await shown('UFACILITATOR', 'summary', id)).toContain('Post to the group')
    await world.db.group.updateMany({ data: { endedAt: inWeek(13, 0), deleteAt: inWeek(20, 0) } })
    expect(await shown('UFACILITATOR', 'summary', id)).not.toContain('Post to the group')
  })
})

it('says that a change cannot be told where no result before was shown', async () => {
  const results = [
    { week: 3, mean: 0, state: 'withheld' as const },
    { week: 4, mean: 0.7 },
  ]
  const id = await group({ results }, inWeek(4, 60))
  for (const verb of ['summary', 'summary.post'])
    expect(await shown('UFACILITATOR', verb, id)).toContain(
      'There is no shown result to set it beside.',
    )
  expect(await shown('USUPERVISOR', 'digest')).toContain(
    'There is no shown result to set it beside.',
  )
})

it('sets a result beside up to four that were shown before, past one that was not, and says so', async () => {
  const weeks = [0, 1, 2, 4, 5].map((week) => ({ week, mean: 0.5 }))
  const hidden = { week: 3, mean: 0, state: 'withheld' as const }
  const results = [...weeks.slice(0, 3), hidden, ...weeks.slice(3), { week: 6, mean: 0.75 }]
  const id = await group({ results }, inWeek(6, 60))
  const text = 'higher than 4 results shown before, likely by more than chance.'
  for (const verb of ['summary', 'summary.post'])
    expect(await shown('UFACILITATOR', verb, id)).toContain(text)
  expect(await shown('USUPERVISOR', 'digest')).toContain(text)
  expect(await world.db.sealedSums.count()).toBe(5)
})

it('keeps for members as many results to compare with as they saw, whatever staff were shown between', async () => {
  const shared = [0, 1, 2, 3].map((week) => ({ week, mean: 0.5 }))
  const forStaff = [4, 5, 6, 7, 8].map((week) => ({
    week,
    mean: 0.5,
    audience: 'staff' as const,
  }))
  const id = await group(
    { results: [...shared, ...forStaff, { week: 9, mean: 0.5 }] },
    inWeek(9, 60),
  )
  expect(await shown('UMEMBER1', 'summary', id)).toContain('compared with 4 results shown before.')
  // Four and the programme's first for members, and four of staff's own.
  expect(await world.db.sealedSums.count()).toBe(9)
})

it('takes noise as known once ten other groups have several results, and says “likely” before', async () => {
  const moved = async () => {
    const results = [0, 1, 2].map((week) => ({ week, mean: week === 2 ? 0.9 : 0.4 }))
    return await shown('UFACILITATOR', 'summary', await group({ results }, inWeek(4, 60)))
  }
  const steady = (count: number) =>
    Array.from({ length: count }, async (_, index) => {
      const results = [0, 1, 2].map((week) => ({ week, mean: 0.5 + 0.01 * ((week * index) % 5) }))
      await writeGroup(world, { alias: `Group ${index}`, results })
    })
  await world.db.learntNoise.deleteMany()
  await Promise.all(steady(8))
  expect(await moved()).toContain('higher than 2 results shown before, likely by more')
  // The group above is the ninth.
  expect(await moved()).toContain('likely by more')
  expect(await moved()).toContain('higher than 2 results shown before, by more than chance.')
})

it('learns noise anew after a season, not from what others answered meanwhile, and for each audience', async () => {
  const write = async (index: number, swing: number, audience: 'shared' | 'staff' = 'shared') => {
    const results = [0, 1, 2].map((week) => ({ week, mean: 0.5 + swing * (week % 2), audience }))
    await writeGroup(world, { alias: `Group ${index}`, results })
  }
  const factors = async () => {
    const rows = await world.db.learntNoise.findMany({ orderBy: { audience: 'asc' } })
    return rows.map(({ audience, scales }) => [
      audience,
      (scales as { climate: { factor: number } }).climate.factor,
    ])
  }
  await world.db.learntNoise.deleteMany()
  for (let index = 0; index < 10; index += 1) await write(index, 0.01, 'staff')
  await write(10, 0.01)
  expect(await factors()).toEqual([])
  await write(11, 0.01, 'staff')
  expect(await factors()).toEqual([['staff', 0.7]])
  for (let index = 12; index < 22; index += 1) await write(index, 0.01)
  expect(await factors()).toEqual([
    ['shared', 0.7],
    ['staff', 0.7],
  ])
  for (let index = 22; index < 60; index += 1) await write(index, 0.4)
  expect((await factors())[0]).toEqual(['shared', 0.7])
  const learntOn = { learntOn: inWeek(-13, 0) }
  await world.db.learntNoise.updateMany({ where: { audience: 'shared' }, data: learntOn })
  await write(60, 0.4)
  expect((await factors())[0]).toEqual(['shared', 2.4])
})

it('the button and the form it opens mean the same result', async () => {
  const results = [
    { week: 3, mean: 0.7, set: 'ons4' as const },
    { week: 4, mean: 0, state: 'withheld' as const },
  ]
  const id = await group({ results }, inWeek(4, 60))
  expect(await shown('UFACILITATOR', 'summary', id)).toContain('Post to the group')
  expect(await shown('UFACILITATOR', 'summary.post', id)).toContain(
    'Life satisfaction: mostly high',
  )
})

it('a result of questions that are no longer here is told of, and breaks nothing else', async () => {
  const results = [
    { week: 3, mean: 0.7 },
    { week: 4, mean: 0.7, set: 'ons4' as const },
  ]
  const id = await group({ results, contactHours: 24 }, inWeek(4, 60))
  await writeGroup(world, { alias: 'Friday group', results: [{ week: 4, mean: 0.3 }] })
  await world.db.releaseUnit.updateMany({
    where: { questionSetId: 'ons4' },
    data: { questionSetId: 'taken-away' },
  })
  for (const verb of ['summary', 'summary.four'])
    expect(await shown('UFACILITATOR', verb, id)).toContain('mostly high')
  expect(await shown('UFACILITATOR', 'summary', id)).toContain('their questions are no longer here')
  const digest = await shown('USUPERVISOR', 'digest')
  expect(digest).toContain('their questions are no longer here')
  expect(digest).toContain('Group climate: mostly low')
})

it('a digest tells of a group that ended in its week', async () => {
  const id = await group({ results: [{ week: 11, mean: 0.7 }] }, inWeek(11, 60))
  await writeGroup(world, { alias: 'Friday group', contactHours: 24, hasBackup: true })
  await world.db.group.updateMany({
    where: { id },
    data: { endedAt: inWeek(11, 55), deleteAt: inWeek(20, 0) },
  })
  const text = await shown('USUPERVISOR', 'digest')
  expect(text).toContain('The group has ended.')
  expect(text).toContain('Group climate: mostly high')
  expect(text).not.toContain('To do:')
  world.clock.set(inWeek(14, 0))
  expect(await shown('USUPERVISOR', 'digest')).not.toContain('Tuesday group')
})

it('the last digest of the only group can be read for a while after its end', async () => {
  await group({ results: [{ week: 11, mean: 0.7 }] }, inWeek(11, 60))
  await world.db.group.updateMany({ data: { endedAt: inWeek(11, 55), deleteAt: inWeek(20, 0) } })
  expect(await shown('USUPERVISOR', 'digest')).toContain('The group has ended.')
  expect(await shown('UMEMBER1', 'digest')).toContain('This is for supervisors.')
  world.clock.set(inWeek(15, 0))
  expect(await shown('USUPERVISOR', 'digest')).toContain('This is for supervisors.')
})

it('a closing tells of each set from when to when, and the page names what did not fit it', async () => {
  const results = [
    { week: 0, mean: 0.2 },
    { week: 1, mean: 0.3, set: 'ons4' as const },
    { week: 9, mean: 0.8 },
    { week: 8, mean: 0.7, set: 'ons4' as const },
  ]
  const text = await shown('UFACILITATOR', 'summary', await group({ results }, inWeek(13, 0)))
  expect(text).toContain('From the check-in of Tuesday 3 March to the one of Tuesday 5 May')
  expect(text).toContain('One more set of questions has results')
})

describe('the sessions of a programme', () => {
  const session = (week: number, state: 'planned' | 'cancelled' = 'planned') => ({
    startsAt: inWeek(week, 0),
    endsAt: inWeek(week, 1.5),
    state,
  })
  it('are all since the last long pause, whatever schedule they come from, cancelled ones too', () => {
    expect(programmeOf([session(0), session(1, 'cancelled'), session(2)])).toEqual({
      startsAt: inWeek(0, 0),
      held: 2,
      cancelled: 1,
    })
    expect(programmeOf([session(0), session(13), session(14, 'cancelled')])).toEqual({
      startsAt: inWeek(13, 0),
      held: 1,
      cancelled: 1,
    })
    expect(programmeOf([session(0), session(1), session(20, 'cancelled')])).toMatchObject({
      held: 2,
      cancelled: 0,
    })
    expect(programmeOf([session(0), session(12)])?.startsAt).toEqual(inWeek(0, 0))
  })
  it('are none while none took place', () => {
    expect(programmeOf([])).toBeNull()
    expect(programmeOf([session(0, 'cancelled')])).toBeNull()
  })
})

describe('what a digest covers after another day was chosen', () => {
  const zone = { timeZone: 'Europe/Berlin' }
  const at = (date: string) => new Date(`${date}T07:00:00Z`)
  it('begins where the one before ended, for up to two weeks', () => {
    expect(digestWindow(zone, at('2026-03-14'), at('2026-03-02')).startsAt).toEqual(
      at('2026-03-02'),
    )
    expect(digestWindow(zone, at('2026-03-05'), at('2026-03-02')).startsAt).toEqual(
      at('2026-03-02'),
    )
    expect(digestWindow(zone, at('2026-03-16'), at('2026-03-01')).startsAt).toEqual(
      at('2026-03-02'),
    )
    expect(digestWindow(zone, at('2026-03-16')).startsAt).toEqual(at('2026-03-09'))
  })
})
