import { describe, expect, it } from 'vitest'
import { readCalendar } from '../../src/commands/calendar.ts'
import { signLink } from '../../src/commands/link.ts'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import {
  answer,
  fill,
  moveTo,
  open,
  press,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = 60 * 60_000
const MINUTE_MS = 60_000
const PLATFORMS = ['slack', 'teams'] as const

const said = (hands: Hands, person: string) =>
  hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
const told = (hands: Hands, person: string, kind: string) =>
  hands.journal.seen.filter((seen) => seen.person === person && seen.kind === kind)
const sessionsOf = async (world: World) =>
  await world.db.session.findMany({ orderBy: { startsAt: 'asc' } })
const sessionOn = async (world: World, date: string) =>
  await world.db.session.findFirstOrThrow({ where: { originalLocalStart: { startsWith: date } } })
const after = (ms: number) => new Date(SESSION.startsAt.getTime() + ms)

describe.each(PLATFORMS.map((platform) => ({ platform })))(
  'sessions that fall away with their schedule, on $platform',
  ({ platform }) => {
    async function begin() {
      const world = await startWorld()
      await setUpGroup(world, platform)
      const { facilitator, members } = world.casts[platform]
      return { world, hands: world[platform] as Hands, facilitator, member: members[0] ?? '' }
    }

    it('are cancelled, not deleted; told where people know of them; and come back with their date', async () => {
      const { world, hands, facilitator, member } = await begin()
      const tuesdays = await sessionsOf(world)
      // Everybody has had the reminder of the first, a day before; the second is a week off.
      await moveTo(world, after(-DAY_MS))
      await fill(hands, facilitator, 'schedule', {
        firstDate: '2026-03-05',
        holidays: 'keep',
      })
      expect(said(hands, facilitator)).toContain(
        '12 sessions fall away. Calendars show them as cancelled.',
      )
      await world.app.drain()
      expect(told(hands, member, 'session-cancelled').map(({ text }) => text)).toEqual([
        expect.stringContaining('3 March'),
      ])
      const gone = await world.db.session.findMany({ where: { fellAwayAt: { not: null } } })
      expect(gone.map(({ id }) => id).sort()).toEqual(tuesdays.map(({ id }) => id).sort())
      expect(gone.every(({ state, revision }) => state === 'cancelled' && revision > 0)).toBe(true)
      expect(await world.db.session.count({ where: { state: 'planned' } })).toBe(12)
      // Neither is offered to be moved or cancelled, and nothing of them is due.
      await open(hands, facilitator, 'move')
      expect(hands.openForm(facilitator)?.surface.inputs[0]?.options).toHaveLength(12)
      await hands.closeForm(facilitator)
      const ids = tuesdays.map(({ id }) => id)
      expect(
        await world.db.occurrence.count({ where: { sessionId: { in: ids }, state: 'planned' } }),
      ).toBe(0)
      expect(await world.db.checkIn.count({ where: { sessionId: { in: ids } } })).toBe(0)

      await fill(hands, facilitator, 'schedule', {
        firstDate: '2026-03-03',
        holidays: 'keep',
      })
      expect(said(hands, facilitator)).toContain(
        '12 sessions that had fallen away take place again.',
      )
      await world.app.drain()
      const again = await world.db.session.findMany({
        where: { state: 'planned' },
        orderBy: { startsAt: 'asc' },
      })
      expect(again.map(({ id, startsAt }) => [id, startsAt])).toEqual(
        tuesdays.map(({ id, startsAt }) => [id, startsAt]),
      )
      expect(again.every(({ fellAwayAt }) => fellAwayAt === null)).toBe(true)
      expect(told(hands, member, 'session-moved').map(({ text }) => text)).toEqual([
        expect.stringContaining('3 March'),
      ])
      expect(await world.db.checkIn.count({ where: { state: 'planned' } })).toBe(12)
    })

    it('come back as they were moved, and stay cancelled where somebody had cancelled them', async () => {
      const { world, hands, facilitator } = await begin()
      const second = await sessionOn(world, '2026-03-10')
      const third = await sessionOn(world, '2026-03-17')
      await fill(hands, facilitator, 'cancel', { session: second.id })
      await fill(hands, facilitator, 'move', {
        session: third.id,
        date: '2026-03-19',
        time: '18:00',
      })
      const { id } = await world.db.schedule.findFirstOrThrow()
      await fill(hands, facilitator, 'schedule', { which: `stop ${id}` })
      expect(said(hands, facilitator)).toContain('11 sessions are cancelled.')
      const stopped = lastSeen(hands.journal, facilitator, 'schedule-done')
      await press(hands, stopped, 'schedule.putBack')
      expect(lastSeen(hands.journal, facilitator, 'schedule-done').text).toContain(
        '11 sessions that had fallen away',
      )
      expect((await sessionOn(world, '2026-03-10')).state).toBe('cancelled')
      expect((await sessionOn(world, '2026-03-17')).startsAt.toISOString()).toBe(
        '2026-03-19T17:00:00.000Z',
      )
      expect(await world.db.schedule.count({ where: { isStopped: true } })).toBe(0)
      expect(await world.db.checkIn.count({ where: { state: 'planned' } })).toBe(11)
      // Pressed once more it changes nothing.
      const before = await sessionsOf(world)
      await press(hands, stopped, 'schedule.putBack')
      const strip = (rows: typeof before) => rows.map(({ revision: _, ...row }) => row)
      expect(strip(await sessionsOf(world))).toEqual(strip(before))
    })

    it('are shown as cancelled by calendars, also of a group that has ended, and go after a month', async () => {
      const { world, hands, facilitator } = await begin()
      const { organisationId, id: groupId } = await world.db.group.findFirstOrThrow()
      const { personId } = await world.db.account.findFirstOrThrow({
        where: { externalId: world.casts[platform].members[0] ?? '' },
      })
      await fill(hands, facilitator, 'schedule', { firstDate: '2026-03-05', count: '4' })
      const { services } = world.app
      const token = signLink(services.ballotKeys.keyring, 'calendar', {
        organisationId,
        groupId,
        personId,
        until: null,
      })
      const states = async () => {
        const found = await readCalendar(services, token, null)
        return Object.entries(Object.groupBy(found?.sessions ?? [], ({ state }) => state)).map(
          ([state, sessions]) => `${sessions?.length} ${state}`,
        )
      }
      expect((await states()).sort()).toEqual(['12 cancelled', '4 planned'])
      await fill(hands, facilitator, 'end', { days: '60' })
      await world.app.drain()
      expect(await states()).toEqual(['16 cancelled'])
      await moveTo(world, new Date(SESSION.startsAt.getTime() + 32 * DAY_MS))
      expect(await states()).toEqual([])
    })
  },
)

describe.each(PLATFORMS.map((platform) => ({ platform })))(
  'a session that did not take place, on $platform',
  ({ platform }) => {
    async function begin() {
      const world = await startWorld()
      await setUpGroup(world, platform)
      const { facilitator, members } = world.casts[platform]
      return { world, hands: world[platform] as Hands, facilitator, members }
    }

    it('is cancelled five minutes after its start: people are told, nothing is asked, the next is the first', async () => {
      const { world, hands, facilitator, members } = await begin()
      await moveTo(world, after(5 * MINUTE_MS))
      const first = await sessionOn(world, '2026-03-03')
      await fill(hands, facilitator, 'cancel', { session: `notHeld ${first.id}` })
      expect(said(hands, facilitator)).toContain('did not take place.')
      expect(said(hands, facilitator)).toContain('9 people are told now')
      await world.app.drain()
      expect(told(hands, members[0] ?? '', 'session-cancelled')).toHaveLength(1)
      await moveTo(world, after(3 * HOUR_MS))
      expect(told(hands, facilitator, 'session-ended')).toEqual([])
      expect(told(hands, members[0] ?? '', 'check-in')).toEqual([])
      await hands.type(facilitator, 'next')
      expect(said(hands, facilitator)).toContain('Session 1 of 11')
    })

    it('is asked about at a headcount of 0; its check-in is taken back with every answer', async () => {
      const { world, hands, facilitator, members } = await begin()
      const [first = '', second = ''] = members
      await moveTo(world, after(3 * HOUR_MS))
      await answer(world, platform, first, '4')
      await press(hands, lastSeen(hands.journal, facilitator, 'session-ended'), 'attendance.enter')
      await hands.submit(facilitator, { headcount: '0' })
      expect(said(hands, facilitator)).toContain('Did the session not take place?')
      const unit = await world.db.releaseUnit.findFirstOrThrow()
      expect(await world.db.ballot.count()).toBe(8)
      await press(hands, lastSeen(hands.journal, facilitator, 'attendance-done'), 'session.notHeld')
      expect(lastSeen(hands.journal, facilitator, 'cancel-done').text).toContain(
        'Its check-in has ended, and the answers were deleted unread.',
      )
      await world.app.drain()
      for (const member of members)
        expect(told(hands, member, 'session-cancelled').map(({ text }) => text)).toEqual([
          expect.stringContaining('What you may have answered about it was deleted unread.'),
        ])
      expect(await world.db.ballot.count()).toBe(0)
      expect(await world.db.releaseUnit.count()).toBe(0)
      // The button of their notice now says why.
      await press(hands, lastSeen(hands.journal, second, 'check-in'), 'checkin.answer')
      expect(said(hands, second)).toContain('That session did not take place')
      // Nothing is left of it: no reminder to answer, no result, and the key goes.
      await moveTo(world, after(2 * DAY_MS))
      expect(told(hands, first, 'check-in-nudge')).toEqual([])
      expect(told(hands, first, 'result')).toEqual([])
      expect(
        (await world.app.services.ballotKeys.keyStore.list()).map(({ unitId }) => unitId),
      ).not.toContain(unit.id)
      await open(hands, facilitator, 'summary')
      expect(said(hands, facilitator)).toContain('was taken back. The session did not take place.')
      // The next one asks as ever, and its result is the first.
      await moveTo(world, after(7 * DAY_MS + 3 * HOUR_MS))
      for (const member of members) await answer(world, platform, member, '4')
      await moveTo(world, after(10 * DAY_MS))
      expect(told(hands, first, 'result')).toHaveLength(1)
    })

    it('is not asked about where somebody came, a day later, or once its check-in has closed', async () => {
      const { world, hands, facilitator } = await begin()
      await moveTo(world, after(3 * HOUR_MS))
      const first = await sessionOn(world, '2026-03-03')
      const enter = async (headcount: string) => {
        await fill(hands, facilitator, 'attendance', { session: first.id, headcount })
        return said(hands, facilitator).includes('Did the session not take place?')
      }
      expect(await enter('3')).toBe(false)
      expect(await enter('0')).toBe(true)
      await world.db.checkIn.updateMany({
        where: { sessionId: first.id },
        data: { state: 'closed' },
      })
      expect(await enter('0')).toBe(false)
      await fill(hands, facilitator, 'cancel', { session: `notHeld ${first.id}` })
      expect(said(hands, facilitator)).toContain('their check-in has closed')
      await hands.closeForm(facilitator)
      expect((await sessionOn(world, '2026-03-03')).state).toBe('planned')
      await world.db.checkIn.updateMany({
        where: { sessionId: first.id },
        data: { state: 'open' },
      })
      await moveTo(world, new Date(SESSION.endsAt.getTime() + DAY_MS + MINUTE_MS))
      expect(await enter('0')).toBe(false)
      await open(hands, facilitator, 'cancel')
      const offered = hands.openForm(facilitator)?.surface.inputs[0]?.options ?? []
      expect(offered.map(({ value }) => value)).not.toContain(`notHeld ${first.id}`)
    })
  },
)

describe.each(STORES)('taking a check-in back, on %s', (store) => {
  it('leaves a unit of two to the one that was asked before', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    // Published after every second.
    await world.db.checkIn.updateMany({ data: { unitSize: 2 } })
    const { members } = world.casts.slack
    await moveTo(world, after(3 * HOUR_MS))
    for (const member of members) await answer(world, 'slack', member, '4')
    await moveTo(world, after(7 * DAY_MS + 3 * HOUR_MS))
    const [unit, ...others] = await world.db.releaseUnit.findMany({ include: { checkIns: true } })
    expect(others).toEqual([])
    expect(unit?.checkIns).toHaveLength(2)
    await answer(world, 'slack', members[0] ?? '', '1')
    const second = await sessionOn(world, '2026-03-10')
    await fill(world.slack, 'UFACILITATOR', 'cancel', { session: `notHeld ${second.id}` })
    const left = await world.db.releaseUnit.findFirstOrThrow({ include: { checkIns: true } })
    expect([left.id, left.state, left.checkIns.length]).toEqual([unit?.id, 'open', 1])
    expect(await world.db.ballot.count()).toBe(members.length)
    // The third takes its place, and both are published together.
    await moveTo(world, after(14 * DAY_MS + 3 * HOUR_MS))
    for (const member of members) await answer(world, 'slack', member, '4')
    await moveTo(world, after(17 * DAY_MS))
    const made = await world.db.releaseUnit.findFirstOrThrow({ include: { checkIns: true } })
    expect([made.id, made.state, made.checkIns.length]).toEqual([unit?.id, 'released', 2])
  })
})
