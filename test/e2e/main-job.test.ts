import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastSeen } from '../../src/simulator/workspace.ts'
import { verifyAudit } from '../../src/store/audit-check.ts'
import {
  answer,
  CLOSES,
  moveTo,
  open,
  press,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const HOUR_MS = 60 * 60_000
const CELLS = STORES.flatMap((store) =>
  (['slack', 'teams'] as const).map((platform) => ({ store, platform })),
)

describe.each(CELLS)('the main job on $platform with the $store store', ({ store, platform }) => {
  let world: World
  const seenBy = (person: string) =>
    world[platform].journal.seen.filter((seen) => seen.person === person)
  const kindsOf = (person: string) => seenBy(person).map((seen) => seen.kind)
  const cast = () => world.casts[platform]
  const member = (index: number): string => cast().members[index] ?? ''

  beforeAll(async () => {
    world = await startWorld({ store })
    await setUpGroup(world, platform)
  })
  afterAll(() => world.end())

  it('shows the next six dates and where the clocks change', () => {
    const { text } = lastSeen(world[platform].journal, cast().facilitator, 'schedule-done')
    expect(text.match(/Tuesday .*17:30 \(Berlin time\)/g)).toHaveLength(6 + 1)
    expect(text).toContain(
      'Tuesday 31 March, 17:30 (Berlin time) – the clocks change before this date',
    )
    expect(text).toContain('… and 6 more')
  })

  it('welcomes each member behind a button, and keeps that they agreed', async () => {
    const welcome = lastSeen(world[platform].journal, member(0), 'welcome')
    expect(welcome.notification).toBe('Tuesday group: a note for you is ready.')
    await press(world[platform], welcome, 'welcome')
    expect(lastSeen(world[platform].journal, member(0), 'welcome-form').text).toContain(
      'What is said in the group stays in the group.',
    )
    await world[platform].submit(member(0), {})
    expect(await world.db.rosterEntry.count({ where: { agreedAt: { not: null } } })).toBe(1)
  })

  it('reminds members and facilitators 24 hours and 1 hour before, with time and alias and nothing else', async () => {
    await moveTo(world, new Date(SESSION.startsAt.getTime() - 24 * HOUR_MS - 1000))
    expect(kindsOf(member(0))).not.toContain('reminder')
    await moveTo(world, new Date(SESSION.startsAt.getTime() - 24 * HOUR_MS))
    await moveTo(world, new Date(SESSION.startsAt.getTime() - HOUR_MS))
    for (const person of [...cast().members, cast().facilitator]) {
      const reminders = seenBy(person).filter((seen) => seen.kind === 'reminder')
      expect(reminders.map((seen) => seen.at)).toEqual([
        '2026-03-02T16:30:00.000Z',
        '2026-03-03T15:30:00.000Z',
      ])
      expect(reminders[0]?.text).toBe('Tuesday group: Tuesday 3 March, 17:30 (Berlin time).')
      expect(reminders[0]?.notification).toBe(
        'Tuesday group: Tuesday 3 March, 17:30 (Berlin time).',
      )
    }
    expect(kindsOf(cast().supervisor)).not.toContain('reminder')
  })

  it('opens the check-in when the session ends, with the help lines before question one', async () => {
    await moveTo(world, SESSION.endsAt)
    await press(
      world[platform],
      lastSeen(world[platform].journal, member(0), 'check-in'),
      'checkin.answer',
    )
    const form = lastSeen(world[platform].journal, member(0), 'check-in-form')
    expect(form.text.indexOf('0800 111 0111')).toBeGreaterThan(0)
    expect(form.text.indexOf('0800 111 0111')).toBeLessThan(
      form.text.indexOf('I felt part of the group.'),
    )
    expect(form.text).toContain('If you answered before, sending again replaces all your answers.')
    expect(form.surface.inputs.map((input) => input.options.length)).toEqual([6, 6, 6, 6, 6])
    expect(form.surface.inputs.map((input) => input.value)).toEqual([null, null, null, null, null])
  })

  it('takes answers again until close, and thanks everybody in the same words', async () => {
    for (let index = 0; index < 7; index += 1) await answer(world, platform, member(index), '1')
    await answer(world, platform, member(0), 'skip')
    const thanks = cast()
      .members.slice(0, 7)
      .map((person) => lastSeen(world[platform].journal, person, 'thanks').text)
    expect(new Set(thanks).size).toBe(1)
    expect(thanks[0]).toContain('0800 111 0111')
    for (let index = 0; index < 7; index += 1) await answer(world, platform, member(index), '5')
  })

  it('shows no form that echoes an answer', async () => {
    await press(
      world[platform],
      lastSeen(world[platform].journal, member(0), 'check-in'),
      'checkin.answer',
    )
    const form = lastSeen(world[platform].journal, member(0), 'check-in-form')
    expect(form.surface.inputs.every((input) => input.value === null)).toBe(true)
  })

  it('says nothing about results while the check-in is open', async () => {
    expect(await readSummary(cast().facilitator)).toContain('There is no result yet.')
  })

  it('closes by itself, and shows the summary through the gate', async () => {
    await moveTo(world, CLOSES)
    const text = await readSummary(cast().facilitator)
    expect(text).toContain('Who answered: most of the group')
    expect(text).toContain('Group climate: mostly high')
    expect(text).toContain('Agreement accepted by 1 of 8.')
    expect(text).not.toMatch(/\b7\b|100 ?%|\ball\b/)
    // Eight lines, under the group's name and what was asked.
    const lines = text.split('\n').filter((line) => !line.startsWith('['))
    expect(lines.length, text).toBeLessThanOrEqual(2 + 8)
    expect(await world.db.ballot.count()).toBe(0)
    expect(
      await world.db.releaseUnit.findMany({ select: { state: true, isCleaned: true } }),
    ).toEqual([{ state: 'released', isCleaned: true }])
    expect(await world.app.services.ballotKeys.keyStore.list()).toEqual([])
  })

  it('shows members the same result at the same time', async () => {
    expect(await readSummary(member(7))).toContain('Group climate: mostly high')
  })

  it('refuses late answers with thanks', async () => {
    await press(
      world[platform],
      lastSeen(world[platform].journal, member(7), 'check-in'),
      'checkin.answer',
    )
    expect(seenBy(member(7)).at(-1)?.text).toContain(
      'This check-in has closed. Answers can no longer be added.',
    )
  })

  it('sends the digest on Monday at eight, neutral, with the week behind its button', async () => {
    await moveTo(world, new Date('2026-03-09T07:00:00Z'))
    const notice = lastSeen(world[platform].journal, cast().supervisor, 'digest-notice')
    expect(notice.at).toBe('2026-03-09T07:00:00.000Z')
    expect(notice.text).toBe('Your weekly digest is ready.\n[Open]')
    await press(world[platform], notice, 'digest')
    const { text } = lastSeen(world[platform].journal, cast().supervisor, 'digest')
    expect(text).toContain('Sessions: 1 held\n')
    expect(text).toContain('Session 1 of 12')
    expect(text).toContain('Group climate: mostly high')
  })

  it('records which staff opened results, and the chain is whole', async () => {
    const actions = await world.db.auditEntry.groupBy({ by: ['action'], _count: true })
    expect(actions.find(({ action }) => action === 'summary.opened')?._count).toBe(2)
    expect(actions.find(({ action }) => action === 'digest.opened')?._count).toBe(1)
    const { id } = await world.db.organisation.findFirstOrThrow()
    const total = actions.reduce((sum, { _count }) => sum + _count, 0)
    expect(
      await verifyAudit(
        { tx: world.store, organisationId: id },
        world.app.services.ballotKeys.keyring,
      ),
    ).toMatchObject({ length: total, brokenAt: null, resealedAt: [], unchecked: 0 })
  })

  it('hides the result of a week with too few answers, and its count', async () => {
    const second = {
      endsAt: new Date('2026-03-10T18:00:00Z'),
      closes: new Date('2026-03-12T18:00:00Z'),
    }
    await moveTo(world, second.endsAt)
    for (let index = 0; index < 5; index += 1) await answer(world, platform, member(index), '2')
    await moveTo(world, second.closes)
    expect(await readSummary(cast().facilitator)).toContain(
      'Not enough answers to show results safely.',
    )
    const units = await world.db.releaseUnit.findMany({
      select: { state: true, release: true },
      orderBy: { state: 'asc' },
    })
    expect(units.map(({ state, release }) => [state, release === null])).toEqual([
      ['released', false],
      ['withheld', true],
    ])
  })

  it('keeps every unasked message to time and alias', () => {
    const direct = world[platform].journal.seen.filter((seen) => seen.audience === 'dm')
    expect(direct.length).toBeGreaterThan(40)
    for (const seen of direct) {
      expect(
        seen.text
          .split('\n')
          .filter((line) => !line.startsWith('['))
          .join('\n'),
      ).toBe(seen.notification)
      expect(seen.text).not.toMatch(/therapeutic|climate|answered:|help now|mostly/i)
    }
    expect(world[platform].journal.seen.some((seen) => seen.audience === 'channel')).toBe(false)
  })

  it('shows each unasked message with the payload of the platform’s own request log', () => {
    const { seen, requests } = world[platform].journal
    const direct = seen.filter(({ audience }) => audience === 'dm')
    expect(
      direct.filter(({ payload }) => !requests.some((request) => request.payload === payload)),
    ).toEqual([])
  })

  it('sent nothing that the platform refused', () => {
    expect(
      world[platform].journal.requests.filter(
        (request) => request.error !== null || request.status >= 400,
      ),
    ).toEqual([])
  })

  async function readSummary(person: string): Promise<string> {
    const hands = world[platform]
    await open(hands, person, 'summary')
    return lastSeen(hands.journal, person, 'summary').text
  }
})
