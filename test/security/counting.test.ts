import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/door/run.ts'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { ensureActor, findConnection } from '../../src/store/access.ts'
import {
  answer,
  CLOSES,
  fill,
  incoming,
  moveTo,
  open,
  press,
  SESSION,
  START,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { addMembers } from '../latecomers.ts'

/** Accounts that a facilitator controls, or makes up, beside a patient: which of them count towards k. */
const textOf = (reply: unknown) => JSON.stringify(reply)
const week = (at: Date, count: number) => new Date(at.getTime() + count * 7 * 86_400_000)

/** Puts an id on the roster that nobody has ever used. */
async function addGhost(
  world: World,
  externalId: string,
  joinedAt?: Date,
  groupId?: string,
): Promise<string> {
  const connection = await findConnection(world.store, 'slack', 'T0DEMO')
  if (!connection) throw new Error('not connected')
  const { actor } = await ensureActor(world.store, connection, { externalId })
  const group = await world.db.group.findFirstOrThrow(
    groupId ? { where: { id: groupId } } : undefined,
  )
  const { organisationId } = group
  const entry = {
    organisationId,
    groupId: group.id,
    personId: actor.personId,
    role: 'member',
  } as const
  await world.db.rosterEntry.create({ data: { ...entry, joinedAt: joinedAt ?? group.createdAt } })
  return actor.personId
}
const personOf = async (world: World, externalId: string) =>
  (await world.db.account.findFirstOrThrow({ where: { externalId } })).personId

describe.each(STORES)('who is asked (%s)', (store) => {
  it('is no staff of the organisation: their answers count for nobody’s k', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const personId = await personOf(world, 'UMEMBER1')
    await world.db.person.updateMany({ where: { id: personId }, data: { isStaff: true } })
    await moveTo(world, SESSION.endsAt)
    const boxes = await world.db.ballot.findMany()
    expect(boxes).toHaveLength(7)
    expect(boxes.map(({ memberId }) => memberId)).not.toContain(personId)
  })

  it('is asked though nobody ever used their id, and an id that nobody used opens nothing', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    // Five have been here; three ids may be anybody, or nobody.
    for (const member of world.casts.slack.members.slice(5))
      await world.db.person.updateMany({
        where: { id: await personOf(world, member) },
        data: { hasActed: false },
      })
    await moveTo(world, SESSION.endsAt)
    expect(await world.db.checkIn.findFirst({ where: { state: 'dropped' } })).toMatchObject({
      reason: 'tooFewMembers',
    })
    expect(await world.db.ballot.count()).toBe(0)
    await world.slack.type('UFACILITATOR', 'summary')
    expect(lastSeen(world.slack.journal, 'UFACILITATOR', 'summary').text).toContain(
      'It needs 6 members who have used Groupwell: opening their welcome is enough.',
    )
    await world.slack.closeForm('UFACILITATOR')
    // One more looks at their home: six of the eight are enough, and all eight are asked.
    await world.slack.openHome('UMEMBER6')
    await moveTo(world, week(SESSION.endsAt, 1))
    expect(await world.db.ballot.count()).toBe(8)
  })

  it('accepts the agreement on the first page of the first check-in, and then counts', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    const newcomer = 'UMEMBER8'
    await world.db.person.updateMany({
      where: { id: await personOf(world, newcomer) },
      data: { hasActed: false },
    })
    await moveTo(world, SESSION.endsAt)
    await press(world.slack, lastSeen(world.slack.journal, newcomer, 'check-in'), 'checkin.answer')
    const page = world.slack.openForm(newcomer)
    expect(page?.text).toContain('Group agreement')
    expect(page?.text).not.toContain('I felt part of the group.')
    await world.slack.submit(newcomer, {})
    expect(world.slack.openForm(newcomer)?.text).toContain('I felt part of the group.')
    await world.slack.submit(newcomer, { belonging: '4', voice: '4', safety: '4', useful: '4' })
    await world.slack.closeForm(newcomer)
    expect(
      await world.db.person.findFirstOrThrow({ where: { id: await personOf(world, newcomer) } }),
    ).toMatchObject({ hasActed: true })
    for (const member of world.casts.slack.members.slice(0, 5))
      await answer(world, 'slack', member, '4')
    await moveTo(world, CLOSES)
    expect(await world.db.release.count()).toBe(1)
  })

  it('was there at a session: who is put on the list for a check-in is asked after the next one', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    await moveTo(world, CLOSES)
    // After the second session has begun: not in the room, so not asked after it.
    const late = await addGhost(
      world,
      'ULATE',
      week(new Date(SESSION.startsAt.getTime() + 60_000), 1),
    )
    await moveTo(world, week(SESSION.endsAt, 1))
    const asked = async () => (await world.db.ballot.findMany()).map(({ memberId }) => memberId)
    expect(await asked()).toHaveLength(8)
    await moveTo(world, week(CLOSES, 1))
    await moveTo(world, week(SESSION.endsAt, 2))
    expect(await asked()).toContain(late)
    const checkIn = await world.db.checkIn.findFirstOrThrow({ where: { state: 'open' } })
    expect(checkIn).toMatchObject({ asked: 9, newcomers: 1 })
    const form = await run(
      world.app.services,
      incoming('UMEMBER1', { verb: 'checkin.answer', input: { id: checkIn.id } }),
    )
    expect(textOf(form)).toContain('9 people are asked; 1 of them is new')
    expect(textOf(form)).toContain('People who tell each other their answers can work out the rest')
  })
})

describe('the budget', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
  })

  /** People whom nobody else knows, there from the group's beginning. */
  async function addPeople(groupId: string, count: number): Promise<void> {
    const connection = await findConnection(world.store, 'slack', 'T0DEMO')
    if (!connection) throw new Error('not connected')
    const { organisationId, createdAt } = await world.db.group.findFirstOrThrow({
      where: { id: groupId },
    })
    for (let index = 0; index < count; index += 1) {
      const ref = { externalId: `U${randomUUID()}` }
      const { actor } = await ensureActor(world.store, connection, ref, { isHere: true })
      const { personId } = actor
      await world.db.rosterEntry.create({
        data: { organisationId, groupId, personId, role: 'member', joinedAt: createdAt },
      })
    }
  }

  /** Another group of the same facilitator, of these members. */
  async function groupOf(alias: string, members: readonly string[]): Promise<string> {
    await fill(world.slack, 'UFACILITATOR', 'new', { contactHours: 'none', alias, timeZone: 'UTC' })
    await fill(world.slack, 'UFACILITATOR', `roster ${alias}`, { members })
    await world.app.drain()
    return (await world.db.group.findFirstOrThrow({ where: { alias } })).id
  }
  const openNow = async (id: string, set: string) => {
    const values = { set, openHours: '4', audience: 'staff' }
    const reply = await run(
      world.app.services,
      incoming('UFACILITATOR', { verb: 'checkin.now.submit', via: 'form', input: { id, values } }),
    )
    await world.app.drain()
    return textOf(reply)
  }
  /** Twelve weekly sessions; returns how many check-ins are planned with them. */
  const planTwelve = async (alias: string, groupId: string) => {
    await fill(world.slack, 'UFACILITATOR', `schedule ${alias}`, {
      firstDate: '2026-03-05',
      time: '10:00',
      minutes: '60',
      count: '12',
      timeZone: 'UTC',
      holidays: 'keep',
    })
    return await world.db.checkIn.count({ where: { groupId, state: 'planned' } })
  }

  it('is people’s: a second group of the same eight gets what the first one leaves', async () => {
    const { members } = world.casts.slack
    // Twelve of the thirteen are planned in the first.
    const same = await planTwelve('Second group', await groupOf('Second group', members))
    const apart = await groupOf('Third group', members.slice(0, 4))
    await addPeople(apart, 5)
    const others = await planTwelve('Third group', apart)
    console.info(`budget: 12 planned, ${same} more for the same people, ${others} for others`)
    expect(same).toBeLessThanOrEqual(1)
    // Ids that nobody used make a group no larger: it stays the same people's.
    const padded = await groupOf('Padded group', [...members])
    for (let index = 0; index < 9; index += 1) {
      await addGhost(world, `UGHOST${index}`, undefined, padded)
      await addGhost(world, `UHOST${index}`)
    }
    expect(await planTwelve('Padded group', padded)).toBeLessThanOrEqual(1)
    // Half of the first one's members are no more than half: other people, another budget.
    expect(others).toBe(12)
  })

  it('is not asked twice: sets that share questions exclude each other', async () => {
    const group = await groupOf('Fourth group', [])
    await addPeople(group, 8)
    expect(await openNow(group, 'phq-2')).toContain('checkin-now-done')
    expect(await openNow(group, 'phq-4')).toContain('open')
    expect(await openNow(group, 'phq-8')).toContain('open')
    expect(await world.db.checkIn.count({ where: { groupId: group, state: 'open' } })).toBe(1)
    await moveTo(world, new Date(world.clock.now().getTime() + 5 * 3_600_000))
    expect(await openNow(group, 'phq-4')).toContain('14 days')
    const plan = (set: string) =>
      run(
        world.app.services,
        incoming('UFACILITATOR', {
          verb: 'checkin.plan.submit',
          via: 'form',
          input: {
            id: group,
            values: { set, timing: 'after', everyNth: '2', openHours: '24', audience: 'shared' },
          },
        }),
      )
    expect(textOf(await plan('phq-2'))).toContain('plan-done')
    expect(textOf(await plan('phq-4'))).toContain('asks some of the same questions')
  })
})

describe('a group that holds no sessions', () => {
  it('asks who comes later after a week on the list', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await world.db.session.deleteMany()
    await world.db.occurrence.deleteMany({ where: { kind: { not: 'digest' } } })
    const { id } = await world.db.group.findFirstOrThrow()
    const openAt = async (day: number) => {
      await moveTo(world, new Date(START.getTime() + day * 86_400_000))
      const values = { set: 'pulse', openHours: '4', audience: 'shared' }
      const sent = { verb: 'checkin.now.submit', via: 'form', input: { id, values } } as const
      await run(world.app.services, incoming('UFACILITATOR', sent))
      await world.app.drain()
      return await world.db.ballot.count()
    }
    expect(await openAt(0)).toBe(8)
    await addGhost(world, 'ULATER', new Date(START.getTime() + 86_400_000))
    expect(await openAt(7)).toBe(8)
    expect(await openAt(15)).toBe(9)
  })
})

describe('accepting on the first page', () => {
  it('is told to nobody while the check-in is open', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    const { id } = await world.db.group.findFirstOrThrow()
    const accepted = async () =>
      /Accepted by (\d+)/.exec(
        textOf(
          await run(
            world.app.services,
            incoming('UFACILITATOR', { verb: 'agreement', input: { id } }),
          ),
        ),
      )?.[1]
    expect(await accepted()).toBe('0')
    const sent = { verb: 'welcome.accept', via: 'form', input: { id } } as const
    await run(world.app.services, incoming('UMEMBER1', sent))
    expect(await accepted()).toBe('0')
    const kept = await world.db.rosterEntry.findFirstOrThrow({ where: { agreedAt: { not: null } } })
    expect(kept.agreedAt?.toISOString()).toMatch(/T00:00:00.000Z$/)
    await moveTo(world, CLOSES)
    expect(await accepted()).toBe('1')
  })
})

describe('wins', () => {
  it('wait in a group of fewer than ten, also those that were shared before', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { members, facilitator } = world.casts.slack
    await addMembers(world, 'slack', ['UNINTH', 'UTENTH'])
    await open(world.slack, members[0] ?? '', 'win')
    await world.slack.submit(members[0] ?? '', { text: 'I am proud of the walk.' })
    await world.slack.closeForm(members[0] ?? '')
    await fill(world.slack, members[7] ?? '', 'leave', {})
    await open(world.slack, facilitator, 'win')
    const seen = world.slack.journal.seen.filter(({ person }) => person === facilitator)
    expect(seen.map(({ text }) => text).join('\n')).not.toContain('proud of the walk')
    expect(seen.at(-1)?.text).toContain('In a group of fewer than 10 members')
    expect(await world.db.win.count()).toBe(1)
  })
})
