import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Attention, byAttention } from '../../src/domain/digest.ts'
import { run } from '../../src/door/run.ts'
import { type Hands, lastSeen, type Seen } from '../../src/simulator/workspace.ts'
import {
  CLOSES,
  fill,
  incoming,
  moveTo,
  open,
  press,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'
import { publish } from '../released.ts'

describe('a supervisor’s groups together', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world)
    await moveTo(world, CLOSES)
  })
  afterAll(() => world.end())

  /**
   * A group of the same supervisor with one result of this week: eight answers, each mean as given.
   */
  async function groupWithResult(alias: string, mean: number): Promise<void> {
    const { db } = world
    const { organisationId, kind, createdAt } = await db.group.findFirstOrThrow()
    const { personId } = await db.account.findFirstOrThrow({ where: { externalId: 'USUPERVISOR' } })
    const [groupId, unitId] = [randomUUID(), randomUUID()]
    await db.group.create({
      data: { organisationId, id: groupId, kind, alias, timeZone: 'UTC', createdAt },
    })
    await db.rosterEntry.create({
      data: { organisationId, groupId, personId, role: 'supervisor', joinedAt: createdAt },
    })
    const about = { organisationId, groupId, questionSetId: 'pulse', audience: 'shared' as const }
    const frozen = {
      questionSetVersion: 2,
      k: 6,
      checkInCount: 1,
      publicKey: Buffer.alloc(32),
      rosterChanges: 0,
    }
    await db.releaseUnit.create({
      data: { ...about, ...frozen, id: unitId, state: 'closing', isCleaned: true },
    })
    const times = { opensAt: CLOSES, closesAt: new Date(CLOSES.getTime() - 60_000) }
    await db.checkIn.create({
      data: { ...about, ...times, id: randomUUID(), unitId, state: 'closed' },
    })
    const tally = {
      subject: 'scale:climate',
      answers: 8,
      totalMilli: mean * 8_000,
      low: 0,
      high: 0,
    }
    const release = { invited: 8, answered: 8, tallies: [tally] }
    await publish(world.app.services, { organisationId, unitId }, release, CLOSES)
  }
  const digest = async () =>
    JSON.stringify(await run(world.app.services, incoming('USUPERVISOR', { verb: 'digest' })))
  const ofTogether = (text: string) => text.slice(text.indexOf('All your groups together'))

  it('are not shown while only one has a result: it would be that one’s under another name', async () => {
    await groupWithResult('Wednesday group', 0.9)
    expect(await digest()).toContain('Wednesday group')
    expect(await digest()).not.toContain('All your groups together')
  })

  it('are counted by the bands that each showed, from two on', async () => {
    await groupWithResult('Thursday group', 0.1)
    expect(ofTogether(await digest())).toContain('1 group mostly low, 1 group mostly high')
    await groupWithResult('Friday group', 0.95)
    await groupWithResult('Saturday group', 0.95)
    expect(ofTogether(await digest())).toContain('1 group mostly low, 3 groups mostly high')
    expect(ofTogether(await digest())).not.toMatch(/\d\.\d/)
  })
})

describe.each(['slack', 'teams'] as const)('the weekly digest on %s', (platform) => {
  let world: World
  let hands: Hands
  const cast = () => world.casts[platform]
  const said = (person: string) =>
    hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
  const digest = async () => {
    await open(hands, cast().supervisor, 'digest')
    const text = said(cast().supervisor)
    await hands.closeForm(cast().supervisor)
    return text
  }
  const submitted = async (
    person: string,
    line: string,
    filled: Record<string, string | string[]>,
  ) => {
    await fill(hands, person, line, filled)
    const text = said(person)
    await hands.closeForm(person)
    return text
  }
  beforeAll(async () => {
    world = await startWorld()
    hands = world[platform]
    await setUpGroup(world, platform)
    await moveTo(world, CLOSES)
  })
  afterAll(() => world.end())

  it('says what has to be set up, who came as a band, and what the facilitators ask', async () => {
    expect(await digest()).toContain('To do: nobody is set up for contact requests.')
    await submitted(cast().facilitator, 'contact settings', { contactHours: '24' })
    await submitted(cast().facilitator, 'attendance', { headcount: '7' })
    expect(await submitted(cast().facilitator, 'flag', { flag: 'talk' })).toContain(
      'Your supervisor will see',
    )
    const text = await digest()
    expect(text).toContain('The facilitator would like to talk with you.')
    expect(text).toContain('Who came: most of the group')
    expect(text).toContain('To do: no stand-in is set up for contact requests.')
    expect(text).not.toContain('nobody is set up')
    await submitted(cast().facilitator, 'flag', { flag: 'none' })
    expect(await digest()).not.toContain('would like to talk')
  })

  it('counts contact requests that were seen in time, and those that were not', async () => {
    await submitted(cast().members[0] ?? '', 'contact', {})
    await submitted(cast().members[1] ?? '', 'contact', {})
    await world.app.drain()
    const requests = hands.journal.seen.filter(({ kind }) => kind === 'contact-request')
    await press(hands, requests[0] as Seen, 'contact.read')
    await press(hands, lastSeen(hands.journal, cast().facilitator, 'contact'), 'contact.seen')
    await hands.closeForm(cast().facilitator)
    await moveTo(world, new Date(CLOSES.getTime() + 2 * 24 * 3_600_000))
    expect(await digest()).toContain('Contact requests: 1 of 2 seen in time')
  })

  it('comes when the supervisor chose, and refuses what is no time or zone', async () => {
    expect(await submitted(cast().supervisor, 'digest settings', { time: 'noon' })).toContain(
      'noon',
    )
    expect(
      await submitted(cast().supervisor, 'digest settings', { timeZone: 'Atlantis' }),
    ).toContain('Atlantis')
    const done = await submitted(cast().supervisor, 'digest settings', {
      weekday: '5',
      time: '16:00',
      timeZone: 'Europe/Berlin',
    })
    expect(done).toContain('Your next digest comes on')
    const due = await world.db.occurrence.findMany({ where: { kind: 'digest', state: 'planned' } })
    // It is Saturday 7 March: the next Friday, 16:00 in Berlin.
    expect(due.map(({ dueAt }) => dueAt.toISOString())).toEqual(['2026-03-13T15:00:00.000Z'])
    const before = hands.journal.seen.filter(({ kind }) => kind === 'digest-notice').length
    await moveTo(world, new Date('2026-03-13T15:00:00Z'))
    expect(hands.journal.seen.filter(({ kind }) => kind === 'digest-notice')).toHaveLength(
      before + 1,
    )
  })
})

describe('the order of groups', () => {
  it('is by what has to be done, then by name', () => {
    const group = (alias: string, ...attention: Attention[]) => ({ alias, attention })
    const ordered = byAttention([
      group('B'),
      group('C', 'cancelled'),
      group('A'),
      group('D', 'noBackup', 'contactLate'),
      group('E', 'flag'),
    ])
    expect(ordered.map(({ alias }) => alias)).toEqual(['E', 'D', 'C', 'A', 'B'])
  })
})

describe('a supervisor with an account on each platform', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
    await setUpGroup(world, 'slack')
    await world.teams.type(world.casts.teams.supervisor, 'help')
    const own = await world.db.account.findFirstOrThrow({
      where: { externalId: world.casts.slack.supervisor },
    })
    await world.db.account.updateMany({
      where: { externalId: world.casts.teams.supervisor },
      data: { personId: own.personId },
    })
  })
  afterAll(() => world.end())

  it('gets it where it was set last, in the language that was chosen there: note and digest', async () => {
    const person = world.casts.teams.supervisor
    await open(world.teams, person, 'digest settings')
    await world.teams.submit(person, { language: 'es' })
    await world.teams.closeForm(person)
    await moveTo(world, new Date('2026-03-09T12:00:00Z'))
    const ofKind = (hands: Hands) =>
      hands.journal.seen.filter(({ kind }) => kind === 'digest-notice')
    expect(ofKind(world.slack)).toEqual([])
    expect(ofKind(world.teams).map(({ text }) => text.split('\n')[0])).toEqual([
      'Tu informe semanal está listo.',
    ])
    await press(world.teams, lastSeen(world.teams.journal, person, 'digest-notice'), 'digest')
    expect(lastSeen(world.teams.journal, person, 'digest').text).toContain('Sesiones: ')
  })

  it('gets it on the other one when it cannot be reached there any more', async () => {
    await world.db.account.updateMany({
      where: { externalId: world.casts.teams.supervisor },
      data: { unreachable: 'http_403' },
    })
    await moveTo(world, new Date('2026-03-16T12:00:00Z'))
    expect(world.slack.journal.seen.filter(({ kind }) => kind === 'digest-notice')).toHaveLength(1)
  })
})
