import { describe, expect, it } from 'vitest'
import {
  answer,
  CLOSES,
  fill,
  moveTo,
  planMessage,
  SESSION,
  STORES,
  setUpGroup,
  startWorld,
  type World,
} from '../helpers.ts'

// The process is off from five minutes before something is due. Its way when it is on again is
// a rule for each kind.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const at = (base: Date, ms: number) => new Date(base.getTime() + ms)

const DOWN = { '10 minutes': 10 * MINUTE_MS, '5 hours': 5 * HOUR_MS, '3 days': 3 * DAY_MS } as const
type Down = keyof typeof DOWN

/** When each is due, who is told of it (null: nobody), and what comes of it after each time off. */
const EVENTS = {
  'the reminder of the day before': {
    due: at(SESSION.startsAt, -DAY_MS),
    kind: 'reminder',
    person: 'UMEMBER1',
  },
  'the reminder of the hour before': {
    due: at(SESSION.startsAt, -HOUR_MS),
    kind: 'reminder',
    person: 'UMEMBER1',
  },
  'the question for the headcount': {
    due: SESSION.endsAt,
    kind: 'session-ended',
    person: 'UFACILITATOR',
  },
  'the opening of a check-in': { due: SESSION.endsAt, kind: 'check-in', person: 'UMEMBER1' },
  'the nudge': { due: at(CLOSES, -DAY_MS), kind: 'check-in-nudge', person: 'UMEMBER1' },
  'a message': { due: new Date('2026-03-04T09:00:00Z'), kind: 'message', person: 'UMEMBER1' },
  'the digest': {
    due: new Date('2026-03-09T07:00:00Z'),
    kind: 'digest-notice',
    person: 'USUPERVISOR',
  },
} as const
type Event = keyof typeof EVENTS
/** The event that brings each notice about. */
const OCCURRENCES = {
  reminder: 'reminder',
  'session-ended': 'sessionEnded',
  'check-in': 'checkInOpens',
  'check-in-nudge': 'checkInNudge',
  message: 'message',
  'digest-notice': 'digest',
} as const

/** How often it comes, late but once, and why not otherwise. */
const RULES: Record<Event, Record<Down, 'comes' | string>> = {
  'the reminder of the day before': {
    '10 minutes': 'comes',
    '5 hours': 'comes',
    '3 days': 'reminder sessionBegun',
  },
  'the reminder of the hour before': {
    '10 minutes': 'comes',
    '5 hours': 'reminder sessionBegun',
    '3 days': 'reminder sessionBegun',
  },
  'the question for the headcount': {
    '10 minutes': 'comes',
    '5 hours': 'comes',
    '3 days': 'sessionEnded tooLate',
  },
  'the opening of a check-in': { '10 minutes': 'comes', '5 hours': 'comes', '3 days': 'comes' },
  'the nudge': { '10 minutes': 'comes', '5 hours': 'comes', '3 days': 'checkInNudge notOpen' },
  'a message': { '10 minutes': 'comes', '5 hours': 'comes', '3 days': 'message tooLate' },
  'the digest': { '10 minutes': 'comes', '5 hours': 'comes', '3 days': 'comes' },
}

const CASES = (Object.keys(EVENTS) as Event[]).flatMap((event) =>
  (Object.keys(DOWN) as Down[]).map((down) => ({ event, down, rule: RULES[event][down] })),
)

const HELLO = { text: 'Hello.', date: '2026-03-04', time: '10:00', repeat: 'weekly', count: '3' }

/** Lets everything happen that is due before an instant, one after the other. */
async function liveUntil(world: World, until: Date): Promise<void> {
  for (;;) {
    const next = await world.db.occurrence.findFirst({
      where: { state: 'planned', dueAt: { lte: until } },
      orderBy: { dueAt: 'asc' },
    })
    if (!next) break
    await moveTo(world, next.dueAt)
  }
  await moveTo(world, until)
}

describe.each(STORES.map((store) => ({ store })))('after being off ($store)', ({ store }) => {
  it.each(CASES)('for $down around $event: $rule', async ({ event, down, rule }) => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await planMessage(world.slack, 'UFACILITATOR', HELLO)
    const { due, kind, person } = EVENTS[event]
    await liveUntil(world, at(due, -5 * MINUTE_MS))
    const count = () =>
      world.slack.journal.seen.filter((one) => one.kind === kind && one.person === person).length
    const before = count()
    const back = at(due, DOWN[down] - 5 * MINUTE_MS)
    await moveTo(world, back)
    await world.app.drain()
    expect(count() - before).toBe(rule === 'comes' ? 1 : 0)
    const dropped = await world.db.occurrence.findMany({ where: { state: 'dropped', dueAt: due } })
    const reasons = dropped.map((row) => `${row.kind} ${row.reason}`)
    expect(reasons.filter((reason) => reason.startsWith(OCCURRENCES[kind]))).toEqual(
      rule === 'comes' ? [] : [rule],
    )
  })

  it.each(Object.keys(DOWN) as Down[])(
    'for %s around a close: it closes, once, and the result is made',
    async (down) => {
      const world = await startWorld({ store })
      await setUpGroup(world)
      await liveUntil(world, SESSION.endsAt)
      for (let index = 1; index <= 7; index += 1)
        await answer(world, 'slack', `UMEMBER${index}`, '4')
      await liveUntil(world, at(CLOSES, -5 * MINUTE_MS))
      await moveTo(world, at(CLOSES, DOWN[down] - 5 * MINUTE_MS))
      expect(
        await world.db.releaseUnit.findMany({ select: { state: true, isCleaned: true } }),
      ).toEqual([{ state: 'released', isCleaned: true }])
      // An answer after its own close does not count, however late the process was.
      expect(
        (await world.db.checkIn.findFirstOrThrow({ where: { state: 'closed' } })).closesAt,
      ).toEqual(CLOSES)
    },
  )

  it('for 5 hours around a session that was cancelled meanwhile elsewhere: nothing of it happens', async () => {
    const world = await startWorld({ store })
    await setUpGroup(world)
    await liveUntil(world, at(SESSION.startsAt, -2 * HOUR_MS))
    const first = await world.db.session.findFirstOrThrow({ orderBy: { startsAt: 'asc' } })
    await fill(world.slack, 'UFACILITATOR', 'cancel', { session: first.id })
    await moveTo(world, at(SESSION.startsAt, 3 * HOUR_MS))
    for (const kind of ['check-in', 'session-ended'])
      expect(world.slack.journal.seen.filter((one) => one.kind === kind)).toEqual([])
    expect(await world.db.checkIn.count({ where: { state: 'open' } })).toBe(0)
  })
})
