import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hands, lastSeen } from '../../src/simulator/workspace.ts'
import {
  fill,
  moveTo,
  open,
  press,
  SESSION,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = 60 * 60_000
const PLATFORMS = ['slack', 'teams'] as const

const said = (hands: Hands, person: string) =>
  hands.journal.seen.findLast((seen) => seen.person === person)?.text ?? ''
const starts = async (world: World) =>
  (
    await world.db.session.findMany({ where: { state: 'planned' }, orderBy: { startsAt: 'asc' } })
  ).map(({ startsAt }) => startsAt.toISOString())
const sessionOn = async (world: World, date: string) =>
  await world.db.session.findFirstOrThrow({ where: { originalLocalStart: { startsWith: date } } })
const planned = async (world: World, sessionId: string) =>
  (
    await world.db.occurrence.findMany({
      where: { sessionId, state: 'planned' },
      orderBy: { dueAt: 'asc' },
      select: { kind: true, dueAt: true },
    })
  ).map(({ kind, dueAt }) => `${kind} ${dueAt.toISOString()}`)

describe.each(PLATFORMS.map((platform) => ({ platform })))(
  'cancelling and moving on $platform',
  ({ platform }) => {
    let world: World
    let hands: Hands
    const cast = () => world.casts[platform]
    beforeAll(async () => {
      world = await startWorld()
      hands = world[platform]
      await setUpGroup(world, platform)
    })
    afterAll(() => world.end())

    it('cancels one session: everybody is told at once, nothing of it comes any more', async () => {
      const second = await sessionOn(world, '2026-03-10')
      await fill(hands, cast().facilitator, 'cancel', { session: second.id })
      expect(said(hands, cast().facilitator)).toContain(
        '9 people are told now, or when their quiet hours end.',
      )
      await world.app.drain()
      for (const person of [...cast().members, cast().facilitator]) {
        const told = lastSeen(hands.journal, person, 'session-cancelled')
        expect(told.text).toContain('Tuesday group: the session on Tuesday')
        expect(told.text).toContain('10 March')
        expect(told.notification).toContain('Tuesday group')
      }
      expect(await planned(world, second.id)).toEqual([])
      expect(await world.db.checkIn.count({ where: { sessionId: second.id } })).toBe(0)
      expect(await world.db.checkIn.count()).toBe(11)
    })

    it('refuses to cancel it twice, and says so', async () => {
      const second = await sessionOn(world, '2026-03-10')
      const third = await sessionOn(world, '2026-03-17')
      await open(hands, cast().facilitator, 'cancel')
      const offered = hands
        .openForm(cast().facilitator)
        ?.surface.inputs[0]?.options.map(({ value }) => value)
      expect(offered).toContain(third.id)
      expect(offered).not.toContain(second.id)
      // Cancelled by a co-facilitator while this form was open.
      const where = { organisationId_id: { organisationId: third.organisationId, id: third.id } }
      await world.db.session.update({ where, data: { state: 'cancelled' } })
      await hands.submit(cast().facilitator, { session: third.id })
      expect(said(hands, cast().facilitator)).toContain('That session is no longer there.')
      await world.db.session.update({ where, data: { state: 'planned' } })
      await hands.closeForm(cast().facilitator)
    })

    it('moves one to another day: reminders and check-in follow, everybody is told, its length stays', async () => {
      const third = await sessionOn(world, '2026-03-17')
      await fill(hands, cast().facilitator, 'move', {
        session: third.id,
        date: '2026-03-19',
        time: '18:00',
      })
      await world.app.drain()
      expect(lastSeen(hands.journal, cast().members[0] ?? '', 'session-moved').text).toContain(
        '19 March',
      )
      const moved = await sessionOn(world, '2026-03-17')
      expect([moved.startsAt.toISOString(), moved.endsAt.toISOString()]).toEqual([
        '2026-03-19T17:00:00.000Z',
        '2026-03-19T18:30:00.000Z',
      ])
      expect(moved.originalLocalStart).toBe('2026-03-17T17:30')
      expect(await planned(world, moved.id)).toEqual([
        'reminder 2026-03-18T17:00:00.000Z',
        'reminder 2026-03-19T16:00:00.000Z',
        'sessionEnded 2026-03-19T18:30:00.000Z',
      ])
      expect(
        (await world.db.checkIn.findFirstOrThrow({ where: { sessionId: moved.id } })).opensAt,
      ).toEqual(moved.endsAt)
    })

    it('brings a cancelled one back by moving it to where it was', async () => {
      const second = await sessionOn(world, '2026-03-10')
      await fill(hands, cast().facilitator, 'move', {
        session: second.id,
        date: '2026-03-10',
        time: '17:30',
      })
      expect((await sessionOn(world, '2026-03-10')).state).toBe('planned')
      expect(await planned(world, second.id)).toHaveLength(3)
    })

    it('says where a time lies that the clocks skip', async () => {
      const last = await sessionOn(world, '2026-03-24')
      await fill(hands, cast().facilitator, 'move', {
        session: last.id,
        date: '2026-03-29',
        time: '02:30',
      })
      expect(said(hands, cast().facilitator)).toContain('the clocks skip 02:30 that day')
      expect((await sessionOn(world, '2026-03-24')).startsAt.toISOString()).toBe(
        '2026-03-29T01:30:00.000Z',
      )
    })

    it('refuses a time that has passed, a date that is none, and a link that is not https', async () => {
      const last = await sessionOn(world, '2026-03-24')
      const mistakes = [
        [{ date: '2026-01-06', time: '10:00' }, '2026-01-06 at 10:00 is in the past.'],
        [{ date: 'soon', time: '10:00' }, 'I could not read the date “soon”.'],
        [
          { date: '2026-04-01', time: '10:00', link: 'javascript:alert(1)' },
          'It must begin with https://',
        ],
      ] as const
      for (const [fields, expected] of mistakes) {
        await fill(hands, cast().facilitator, 'move', { session: last.id, ...fields })
        expect(said(hands, cast().facilitator)).toContain(expected)
        await hands.closeForm(cast().facilitator)
      }
    })
  },
)

describe('a schedule that changes', () => {
  it('keeps what was cancelled and moved, retimes the rest, and plans each reminder once', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { slack } = world
    const second = await sessionOn(world, '2026-03-10')
    const third = await sessionOn(world, '2026-03-17')
    await fill(slack, 'UFACILITATOR', 'cancel', { session: second.id })
    await fill(slack, 'UFACILITATOR', 'move', {
      session: third.id,
      date: '2026-03-19',
      time: '18:00',
    })
    await fill(slack, 'UFACILITATOR', 'schedule', { time: '18:15', minutes: '60', place: 'Room 2' })
    expect(said(slack, 'UFACILITATOR')).toContain('2 sessions stay moved or cancelled.')
    expect((await sessionOn(world, '2026-03-10')).id).toBe(second.id)
    expect((await sessionOn(world, '2026-03-10')).state).toBe('cancelled')
    expect((await sessionOn(world, '2026-03-17')).startsAt.toISOString()).toBe(
      '2026-03-19T17:00:00.000Z',
    )
    const fourth = await sessionOn(world, '2026-03-24')
    expect(fourth.startsAt.toISOString()).toBe('2026-03-24T17:15:00.000Z')
    expect(fourth.endsAt.toISOString()).toBe('2026-03-24T18:15:00.000Z')
    expect(await planned(world, fourth.id)).toHaveLength(3)
    expect(await world.db.session.count()).toBe(12)
    await moveTo(world, new Date('2026-03-02T17:15:00Z'))
    const reminders = slack.journal.seen.filter(
      ({ person, kind }) => person === 'UMEMBER1' && kind === 'reminder',
    )
    expect(reminders).toHaveLength(1)
    await press(slack, reminders[0] ?? lastSeen(slack.journal, 'UMEMBER1', 'reminder'), 'session')
    expect(said(slack, 'UMEMBER1')).toContain('Place: Room 2')
  })

  it('keeps a session that was moved past its own date, and tells members when one that is near changes', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const { slack } = world
    const first = await sessionOn(world, '2026-03-03')
    await fill(slack, 'UFACILITATOR', 'move', {
      session: first.id,
      date: '2026-03-05',
      time: '18:00',
    })
    await moveTo(world, new Date('2026-03-04T09:00:00Z'))
    // Its Tuesday has passed; only a place is added.
    await fill(slack, 'UFACILITATOR', 'schedule', { place: 'Room 4' })
    const kept = await sessionOn(world, '2026-03-03')
    expect([kept.id, kept.startsAt.toISOString(), kept.state]).toEqual([
      first.id,
      '2026-03-05T17:00:00.000Z',
      'planned',
    ])
    expect(await planned(world, first.id)).toHaveLength(3)
    await moveTo(world, new Date('2026-03-09T09:00:00Z'))
    await fill(slack, 'UFACILITATOR', 'schedule', { time: '19:00' })
    expect(said(slack, 'UFACILITATOR')).toContain(
      '1 session is near, so everybody is told of the change.',
    )
    await world.app.drain()
    expect(lastSeen(slack.journal, 'UMEMBER1', 'session-moved').text).toContain(
      'Tuesday 10 March, 19:00 (Berlin time)',
    )
    expect(await world.db.session.count()).toBe(12)
  })

  it('asks before one session is moved to a public holiday, and refuses a second time zone', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const last = await sessionOn(world, '2026-03-31')
    await fill(world.slack, 'UFACILITATOR', 'move', {
      session: last.id,
      date: '2026-04-06',
      time: '10:00',
    })
    expect(said(world.slack, 'UFACILITATOR')).toContain('2026-04-06 (Easter Monday)')
    await world.slack.submit('UFACILITATOR', {
      session: last.id,
      date: '2026-04-06',
      time: '10:00',
      holidays: 'keep',
    })
    expect((await sessionOn(world, '2026-03-31')).startsAt.toISOString()).toBe(
      '2026-04-06T08:00:00.000Z',
    )
    await world.slack.closeForm('UFACILITATOR')
    const elsewhere = {
      which: 'new',
      firstDate: '2026-03-09',
      time: '10:00',
      count: '2',
      timeZone: 'America/New_York',
    }
    await fill(world.slack, 'UFACILITATOR', 'schedule', elsewhere)
    expect(said(world.slack, 'UFACILITATOR')).toContain(
      'All schedules of a group share one time zone: Europe/Berlin.',
    )
  })

  it('asks before a session falls on a public holiday, leaves the date out when told to, and makes up for it', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const monday = {
      which: 'new',
      firstDate: '2026-03-30',
      time: '10:00',
      minutes: '60',
      repeat: 'weekly',
      count: '3',
    }
    await fill(world.slack, 'UFACILITATOR', 'schedule', { ...monday, holidays: 'ask' })
    expect(said(world.slack, 'UFACILITATOR')).toContain(
      'One date is a public holiday: 2026-04-06 (Easter Monday).',
    )
    expect(await world.db.schedule.count()).toBe(1)
    await world.slack.submit('UFACILITATOR', { ...monday, holidays: 'skip' })
    expect(said(world.slack, 'UFACILITATOR')).toContain('1 date is left out.')
    expect(
      (await starts(world))
        .filter((start) => start.endsWith('T08:00:00.000Z'))
        .map((at) => at.slice(0, 10)),
    ).toEqual(['2026-03-30', '2026-04-13', '2026-04-20'])
  })

  it('says in the preview which dates the clocks skip or bring twice, however far ahead', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const sundays = {
      which: 'new',
      firstDate: '2026-03-08',
      time: '2:30',
      repeat: 'weekly',
      count: '40',
      holidays: 'keep',
    }
    await fill(world.slack, 'UFACILITATOR', 'schedule', sundays)
    const preview = said(world.slack, 'UFACILITATOR')
    expect(preview).toContain(
      'Sunday 29 March, 03:30 (Berlin time) – the clocks skip 02:30 that day',
    )
    expect(preview).toContain(
      'Sunday 25 October, 02:30 (Berlin time) – 02:30 comes twice that day; this is the first',
    )
  })

  it('shows facilitators what goes out next, and when; members see their sessions alone', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await world.slack.type('UFACILITATOR', 'next')
    const shown = said(world.slack, 'UFACILITATOR')
    expect(shown).toContain('Session 1 of 12: beginning')
    expect(shown).toContain('Monday 2 March, 17:30 (Berlin time): reminder, Tuesday group')
    expect(shown).toContain('Tuesday 3 March, 19:00 (Berlin time): check-in opens, Tuesday group')
    await world.slack.type('UFACILITATOR', '')
    expect(said(world.slack, 'UFACILITATOR')).toContain('What goes out next:')
    await world.slack.type('UMEMBER1', 'next')
    expect(said(world.slack, 'UMEMBER1')).not.toContain('What goes out next:')
  })

  it('has several side by side, and stops one without touching the other', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const monthly = {
      which: 'new',
      firstDate: '2026-03-05',
      time: '10:00',
      repeat: 'monthlyWeekday',
      count: '',
      until: '2026-06-30',
    }
    await fill(world.slack, 'UFACILITATOR', 'schedule', { ...monthly, holidays: 'keep' })
    expect(said(world.slack, 'UFACILITATOR')).toContain(
      'Tuesday group meets every month on the first Thursday at 10:00',
    )
    expect(await world.db.session.count()).toBe(16)
    const own = await world.db.schedule.findFirstOrThrow({
      where: { rule: { startsWith: 'FREQ=WEEKLY' } },
    })
    await fill(world.slack, 'UFACILITATOR', 'schedule', { which: `stop ${own.id}` })
    expect(said(world.slack, 'UFACILITATOR')).toContain('12 sessions are cancelled.')
    expect(said(world.slack, 'UFACILITATOR')).toContain(
      '1 session is near, so everybody is told of the change.',
    )
    await world.app.drain()
    expect(lastSeen(world.slack.journal, 'UMEMBER1', 'session-cancelled').text).toContain('3 March')
    expect((await starts(world)).map((at) => at.slice(0, 10))).toEqual([
      '2026-03-05',
      '2026-04-02',
      '2026-05-07',
      '2026-06-04',
    ])
    expect(await world.db.occurrence.count({ where: { kind: 'reminder', state: 'planned' } })).toBe(
      8,
    )
  })

  it('refuses more sessions than a programme has, a last date before the first, both ends, and wrong dates to leave out', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    const base = { firstDate: '2026-03-10', time: '10:00', which: 'new' }
    const mistakes = [
      [{ count: '', until: '2036-01-01' }, 'That is more than 104 sessions.'],
      [{ count: '', until: '2026-03-09' }, '2026-03-09 is before the first date.'],
      [{ count: '4', until: '2026-06-09' }, 'Use a number of sessions or a last date, not both.'],
      [{ except: '2026-04-01, soon' }, 'I could not read the dates “2026-04-01, soon”.'],
      [{ link: 'http://example.org' }, 'It must begin with https://'],
    ] as const
    for (const [fields, expected] of mistakes) {
      await fill(world.slack, 'UFACILITATOR', 'schedule', { ...base, ...fields })
      expect(said(world.slack, 'UFACILITATOR')).toContain(expected)
      await world.slack.closeForm('UFACILITATOR')
    }
    expect(await world.db.schedule.count()).toBe(1)
  })
})

describe('what is seen of a link', () => {
  it('stands behind a button of its own, and never in the reminder', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UFACILITATOR', 'schedule', { link: 'https://call.example.org/room-7' })
    await moveTo(world, new Date(SESSION.startsAt.getTime() - DAY_MS))
    const reminder = lastSeen(world.slack.journal, 'UMEMBER1', 'reminder')
    expect(JSON.stringify(reminder.payload)).not.toContain('call.example.org')
    await press(world.slack, reminder, 'session')
    const details = lastSeen(world.slack.journal, 'UMEMBER1', 'session')
    const join = details.surface.buttons.find(({ label }) => label === 'Join the call')
    expect(join?.raw.url).toBe('https://call.example.org/room-7')
  })
})

describe('the calendar', () => {
  it('is one person’s own address: times and alias, moved and cancelled too, gone when they leave', async () => {
    const world = await startWorld({ publicUrl: 'https://groupwell.example.org' })
    await setUpGroup(world)
    const second = await sessionOn(world, '2026-03-10')
    await fill(world.slack, 'UFACILITATOR', 'cancel', { session: second.id })
    await world.slack.type('UMEMBER1', 'next')
    await press(world.slack, lastSeen(world.slack.journal, 'UMEMBER1', 'next'), 'calendar')
    const card = lastSeen(world.slack.journal, 'UMEMBER1', 'calendar')
    const address = (label: string) =>
      String(card.surface.buttons.find((button) => button.label === label)?.raw.url).replace(
        'https://groupwell.example.org',
        `http://127.0.0.1:${world.app.port}`,
      )
    const response = await fetch(address('All sessions'))
    expect(response.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    const text = await response.text()
    expect(text.split('\r\n').at(-2)).toBe('END:VCALENDAR')
    expect(text).not.toMatch(/[^\r]\n/)
    const head = await fetch(address('All sessions'), { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(head.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    const post = await fetch(address('All sessions'), { method: 'POST' })
    expect(post.status).toBe(405)
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(12)
    expect(text).toContain('DTSTART:20260303T163000Z')
    expect(text).toContain('DTSTART:20260331T153000Z')
    expect(text.match(/STATUS:CANCELLED/g)).toHaveLength(1)
    expect(new Set(text.match(/SUMMARY:.*/g)?.map((line) => line.trim()))).toEqual(
      new Set(['SUMMARY:Tuesday group']),
    )
    expect(
      (await (await fetch(address('Next session'))).text()).match(/BEGIN:VEVENT/g),
    ).toHaveLength(1)
    const forged = address('All sessions').replace(
      /t=(..)/,
      (_, two) => `t=${two === 'AQ' ? 'Ag' : 'AQ'}`,
    )
    const wrong = [
      forged,
      address('All sessions').slice(0, -2),
      address('All sessions').replace(/\?.*/, ''),
    ]
    for (const url of wrong) expect((await fetch(url)).status).toBe(404)
    await fill(world.slack, 'UMEMBER1', 'leave', {})
    expect((await fetch(address('All sessions'))).status).toBe(404)
  })
})

describe('reminders', () => {
  it('go out when the group wants them, one now on request, and what was due is not sent again', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await fill(world.slack, 'UFACILITATOR', 'remind', {
      reminder1: '2880',
      reminder2: '120',
      reminder3: '15',
      now: 'yes',
    })
    expect(said(world.slack, 'UFACILITATOR')).toContain(
      'Reminders go out 2 days, 2 hours and 15 minutes before.',
    )
    await world.app.drain()
    const count = () =>
      world.slack.journal.seen.filter(
        ({ person, kind }) => person === 'UMEMBER1' && kind === 'reminder',
      ).length
    expect(count()).toBe(1)
    await moveTo(world, new Date(SESSION.startsAt.getTime() - 2 * HOUR_MS))
    expect(count()).toBe(2)
    await moveTo(world, new Date(SESSION.startsAt.getTime() - 15 * 60_000))
    expect(count()).toBe(3)
    await fill(world.slack, 'UFACILITATOR', 'remind', {
      reminder1: 'none',
      reminder2: 'none',
      reminder3: 'none',
    })
    expect(said(world.slack, 'UFACILITATOR')).toContain('No reminders go out.')
    await moveTo(world, new Date(SESSION.startsAt.getTime() + 7 * DAY_MS - 10 * 60_000))
    expect(count()).toBe(3)
  })

  it('ask the facilitators for the headcount after the session: a number, no names', async () => {
    const world = await startWorld()
    await setUpGroup(world)
    await moveTo(world, SESSION.endsAt)
    expect(
      world.slack.journal.seen
        .filter(({ kind }) => kind === 'session-ended')
        .map(({ person }) => person),
    ).toEqual(['UFACILITATOR'])
    await press(
      world.slack,
      lastSeen(world.slack.journal, 'UFACILITATOR', 'session-ended'),
      'attendance.enter',
    )
    await world.slack.submit('UFACILITATOR', { headcount: 'seven' })
    expect(said(world.slack, 'UFACILITATOR')).toContain(
      'Write a whole number from 0 to 60. I got “seven”.',
    )
    await world.slack.submit('UFACILITATOR', { headcount: '7' })
    expect(said(world.slack, 'UFACILITATOR')).toContain('Saved: 7.')
    expect((await sessionOn(world, '2026-03-03')).headcount).toBe(7)
  })
})
