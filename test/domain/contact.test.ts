import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Addressee,
  type Helper,
  hasBackupOf,
  mayClose,
  mayOpenCheckIns,
  newWay,
  type OpenRequest,
  pathOf,
  RUNGS,
  type Rung,
  unheardOn,
  whoIsThere,
  whoMayRead,
} from '../../src/domain/contact.ts'
import { lookAt as lookWhen } from '../../src/domain/contact-look.ts'
import { drillAt } from '../../src/domain/drill.ts'
import { reminderDay } from '../../src/domain/reminder-day.ts'
import {
  afterStaffedHours,
  halfwayStaffed,
  parseWindows,
  windowsText,
} from '../../src/domain/staffed.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const T0 = new Date('2026-03-02T09:00:00Z').getTime()
const at = (hours: number) => new Date(T0 + hours * HOUR_MS)
const WEEKDAYS_9_TO_17 = [1, 2, 3, 4, 5].map((weekday) => ({
  weekday,
  from: '09:00',
  until: '17:00',
}))
const helper = (rung: Rung, change: Partial<Helper> = {}): Helper => ({
  personId: rung,
  rung,
  canBeReached: true,
  isAway: false,
  awayUntil: null,
  standInId: null,
  ...change,
})
const lookAt = (one: OpenRequest, helpers: readonly Helper[], now: Date) =>
  lookWhen(one, helpers, { now, timeZone: 'UTC', staffedTimes: [] })
const EVERYBODY = RUNGS.map((rung) => helper(rung))
const request = (change: Partial<OpenRequest> = {}): OpenRequest => ({
  addressee: 'facilitators',
  avoidedIds: [],
  rung: 'facilitators',
  rungAt: at(0),
  createdAt: at(0),
  dueAt: at(4),
  holderId: null,
  seenAt: null,
  ...change,
})

describe('the way of a request', () => {
  it.each<[number, Rung]>([
    [0, 'facilitators'],
    [1.9, 'facilitators'],
    [2, 'backup'],
    [4, 'supervisors'],
  ])('after %d of four hours stands before: %s', (hours, rung) => {
    expect(lookAt(request(), EVERYBODY, at(hours)).rung).toBe(rung)
  })

  it('reaches the last step a promise after the one before it, at most a day', () => {
    const before = request({ rung: 'supervisors', rungAt: at(4) })
    expect(lookAt(before, EVERYBODY, at(7.9)).rung).toBe('supervisors')
    expect(lookAt(before, EVERYBODY, at(8)).rung).toBe('safety')
    const long = request({ rung: 'supervisors', rungAt: at(72), dueAt: at(72) })
    expect(lookAt(long, EVERYBODY, at(95.9)).rung).toBe('supervisors')
    expect(lookAt(long, EVERYBODY, at(96)).rung).toBe('safety')
  })

  it('skips a step on which nobody is there at once, and one that goes past the facilitators theirs', () => {
    const gone = EVERYBODY.map((one) =>
      one.rung === 'facilitators' || one.rung === 'backup' ? { ...one, canBeReached: false } : one,
    )
    expect(lookAt(request(), gone, at(0))).toMatchObject({
      rung: 'supervisors',
      told: ['supervisors'],
    })
    const others = request({ addressee: 'others', rung: 'supervisors' })
    expect(lookAt(others, EVERYBODY, at(100)).told).toEqual(['supervisors', 'safety'])
    expect(whoMayRead(EVERYBODY, { ...others, rung: 'safety' })).toEqual(['supervisors', 'safety'])
  })

  it('goes to a stand-in in place of who is away; both may read it', () => {
    const away = [helper('facilitators', { isAway: true, standInId: 'colleague' })]
    expect(lookAt(request(), away, at(0)).told).toEqual(['colleague'])
    expect(whoMayRead(away, request())).toEqual(['facilitators', 'colleague'])
    expect(pathOf([helper('facilitators', { isAway: true })], newWay('facilitators'))).toEqual([])
  })

  it('never comes to those whom it goes past, whatever else they are', () => {
    const others = request({ addressee: 'others', rung: 'supervisors' })
    const twice = [
      ...EVERYBODY.filter(({ rung }) => rung !== 'safety'),
      helper('safety', { personId: 'facilitators' }),
    ]
    expect(pathOf(twice, newWay('others'))).toEqual(['supervisors'])
    expect(lookAt(others, twice, at(100)).told).toEqual(['supervisors'])
    const standsIn = [
      helper('facilitators'),
      helper('supervisors', { isAway: true, standInId: 'facilitators' }),
    ]
    expect(lookAt(others, standsIn, at(0))).toMatchObject({ isAlone: true, told: ['supervisors'] })
    expect(whoMayRead(standsIn, { ...others, holderId: 'facilitators' })).toEqual(['supervisors'])
    expect(unheardOn(standsIn, true, [newWay('others')])).toEqual(['others'])
    // Nor does it when they have changed their part since it was made.
    const changed = [helper('supervisors', { personId: 'former facilitator' })]
    const asked = { ...others, avoidedIds: ['former facilitator'] }
    expect(lookAt(asked, changed, at(100)).told).toEqual([])
    expect(whoMayRead(changed, { ...asked, holderId: 'former facilitator' })).toEqual([])
    expect(unheardOn(standsIn, true, [])).toEqual([])
    expect(unheardOn([], true, [])).toEqual(['facilitators'])
    expect(unheardOn([], false, [])).toEqual([])
  })

  it('reminds its holder each day, and goes up after three; without its holder at once', () => {
    const held = request({ holderId: 'facilitators', seenAt: at(1) })
    expect(lookAt(held, EVERYBODY, at(30))).toMatchObject({
      rung: 'facilitators',
      reminded: ['facilitators'],
      day: 1,
    })
    expect(lookAt(held, EVERYBODY, at(73)).rung).toBe('backup')
    const left = EVERYBODY.filter(({ rung }) => rung !== 'facilitators')
    expect(lookAt(held, left, at(5))).toMatchObject({ holderId: null, rung: 'supervisors' })
  })

  it('says when nobody is there, and then comes to those who are away rather than to nobody', () => {
    expect(lookAt(request(), [], at(1))).toMatchObject({ isAlone: true, told: [] })
    const away = [helper('facilitators', { isAway: true })]
    expect(lookAt(request(), away, at(1))).toMatchObject({ isAlone: true, told: ['facilitators'] })
  })
})

/** Any people on the steps, each there, away or not reachable. */
const people = fc.array(
  fc.record({
    personId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    rung: fc.constantFrom(...RUNGS),
    canBeReached: fc.boolean(),
    isAway: fc.boolean(),
    awayUntil: fc.constant(null),
    standInId: fc.option(fc.constantFrom('x', 'y'), { nil: null }),
  }),
  { maxLength: 6 },
)

describe('in any order of things', () => {
  /**
   * Lets people come and go, and looks whenever a look is due. Returns how long, in hours, the
   * request stood before nobody at the longest while somebody was there.
   */
  function longestUnheard(
    addressee: Addressee,
    changes: readonly { hours: number; people: Helper[]; takes: boolean }[],
    look: typeof lookAt,
  ): number {
    let state = request({
      addressee,
      rung: addressee === 'others' ? 'supervisors' : 'facilitators',
    })
    let now = 0
    let helpers: readonly Helper[] = EVERYBODY
    let since: number | null = null
    let longest = 0
    const looking = () => {
      const seen = look(state, helpers, at(now))
      expect(seen.nextAt.getTime()).toBeGreaterThan(at(now).getTime())
      const mayRead = whoMayRead(helpers, { ...state, rung: seen.rung, holderId: seen.holderId })
      expect(seen.told.every((one) => mayRead.includes(one))).toBe(true)
      state = { ...state, rung: seen.rung, rungAt: seen.rungAt, holderId: seen.holderId }
      const isThere = pathOf(helpers, newWay(addressee)).length > 0
      const isHeard = whoIsThere(helpers, RUNGS).some((one) => seen.told.includes(one))
      if (isThere && !isHeard) since ??= now
      else since = null
      if (since !== null) longest = Math.max(longest, now - since)
      return seen
    }
    let next = looking().nextAt
    for (const change of changes) {
      const until = now + change.hours
      while (next.getTime() <= at(until).getTime()) {
        now = (next.getTime() - T0) / HOUR_MS
        next = looking().nextAt
      }
      now = until
      helpers = change.people
      // A change of people is looked at when it is known; here only at the next look.
      const seen = look(state, helpers, at(now))
      const [first] = seen.told
      if (change.takes && first)
        state = { ...state, rung: seen.rung, holderId: first, seenAt: state.seenAt ?? at(now) }
    }
    for (let looks = 0; looks < 60; looks += 1) {
      now = (next.getTime() - T0) / HOUR_MS
      next = looking().nextAt
    }
    return longest
  }
  const runs = fc.array(
    fc.record({ hours: fc.integer({ min: 0, max: 60 }), people, takes: fc.boolean() }),
    { maxLength: 8 },
  )
  const addressee = fc.constantFrom<Addressee>('facilitators', 'others')

  it('a request that somebody could see stands before somebody at every look', () => {
    fc.assert(
      fc.property(addressee, runs, (whom, changes) => {
        expect(longestUnheard(whom, changes, lookAt)).toBe(0)
      }),
      { numRuns: 2_000 },
    )
  })

  it('without going on where nobody is there it does not (negative control)', () => {
    const stays: typeof lookAt = (state, helpers, now) => {
      const seen = lookAt(state, helpers, now)
      const mayRead = whoMayRead(helpers, { ...state, holderId: seen.holderId })
      const told = whoIsThere(helpers, [state.rung]).filter((one) => mayRead.includes(one))
      return { ...seen, rung: state.rung, told }
    }
    const unheard = fc
      .sample(fc.tuple(addressee, runs), { numRuns: 300, seed: 1 })
      .filter(([whom, changes]) => longestUnheard(whom, changes, stays) > 4)
    expect(unheard.length).toBeGreaterThan(10)
  })
})

describe('half of the promised hours', () => {
  const half = (start: string, end: string, times = WEEKDAYS_9_TO_17) =>
    halfwayStaffed(new Date(start), new Date(end), times, 'Europe/Berlin').toISOString()

  it('are staffed ones: nobody is told on a Saturday where nobody works', () => {
    // Friday 16:00 to Monday 16:00 in Berlin: one hour and seven.
    expect(half('2026-03-06T15:00:00Z', '2026-03-09T15:00:00Z')).toBe('2026-03-09T11:00:00.000Z')
    expect(half('2026-03-06T15:00:00Z', '2026-03-06T16:00:00Z')).toBe('2026-03-06T15:30:00.000Z')
  })

  it('are half of the time where no times are given, or none lies between', () => {
    expect(half('2026-03-06T15:00:00Z', '2026-03-06T19:00:00Z', [])).toBe(
      '2026-03-06T17:00:00.000Z',
    )
    expect(half('2026-03-07T08:00:00Z', '2026-03-07T10:00:00Z')).toBe('2026-03-07T09:00:00.000Z')
  })
})

describe('the days of reminders', () => {
  const days = (createdAt: string, now: string) => {
    const { day, from, nextAt } = reminderDay(new Date(createdAt), new Date(now), 'Europe/Berlin')
    return [day, from.toISOString().slice(5, 16), nextAt.toISOString().slice(5, 16)]
  }

  it('begin at nine o’clock where the group is, six hours after the asking at the soonest', () => {
    const night = '2026-03-03T00:00:00Z'
    expect(days(night, '2026-03-03T07:59:00Z')).toEqual([0, '03-03T00:00', '03-03T08:00'])
    expect(days(night, '2026-03-03T08:00:00Z')).toEqual([1, '03-03T08:00', '03-04T08:00'])
    expect(days(night, '2026-03-05T07:00:00Z')).toEqual([2, '03-04T08:00', '03-05T08:00'])
    // Asked at eight in the morning: nobody is reminded an hour later.
    expect(days('2026-03-03T07:00:00Z', '2026-03-03T08:00:00Z')[2]).toBe('03-04T08:00')
  })

  it('go by the clocks there, also over their change', () => {
    expect(days('2026-03-28T09:00:00Z', '2026-03-29T07:00:00Z')).toEqual([
      1,
      '03-29T07:00',
      '03-30T07:00',
    ])
  })
})

describe('staffed hours', () => {
  const after = (start: string, hours: number, times = WEEKDAYS_9_TO_17) =>
    afterStaffedHours(new Date(start), hours, times, 'Europe/Berlin').toISOString()

  it.each([
    ['in a window', '2026-03-02T09:00:00Z', 4, '2026-03-02T13:00:00.000Z'],
    ['over a night', '2026-03-02T15:00:00Z', 4, '2026-03-03T11:00:00.000Z'],
    ['over a weekend', '2026-03-07T01:00:00Z', 4, '2026-03-09T12:00:00.000Z'],
    ['over the change of the clocks', '2026-03-27T15:00:00Z', 4, '2026-03-30T10:00:00.000Z'],
    ['to the end of a window', '2026-03-02T08:00:00Z', 8, '2026-03-02T16:00:00.000Z'],
  ])('pass %s', (_name, start, hours, end) => {
    expect(after(start, hours)).toBe(end)
  })

  it('pass always where no times are given, also through the night that is an hour shorter', () => {
    expect(after('2026-03-28T23:00:00Z', 4, [])).toBe('2026-03-29T03:00:00.000Z')
    const nights = [{ weekday: 7, from: '00:00', until: '06:00' }]
    expect(after('2026-03-28T23:00:00Z', 4, nights)).toBe('2026-03-29T03:00:00.000Z')
  })

  it.each([
    ['9-17', '09:00-17:00'],
    ['9-12, 13:30-17', '09:00-12:00, 13:30-17:00'],
    ['20–24', '20:00-24:00'],
    ['14-18; 9-12', '09:00-12:00, 14:00-18:00'],
    ['', ''],
  ])('are read as people write them: “%s”', (typed, read) => {
    expect(windowsText(parseWindows(typed, 3) ?? [], 3)).toBe(read)
  })

  it.each(['9', '17-9', '9-12, 11-14', 'all day', '9-17-20', '24-25', '9-9'])(
    'are refused: “%s”',
    (typed) => {
      expect(parseWindows(typed, 3)).toBeNull()
    },
  )
})

describe('check-ins of groups in which people may be in crisis', () => {
  it.each([
    [{ contactHours: 24, noContactReason: null }, true, true],
    [{ contactHours: 24, noContactReason: null }, false, false],
    [{ contactHours: null, noContactReason: null }, true, false],
    [{ contactHours: null, noContactReason: 'ward' }, false, true],
  ] as const)('with %j and a backup: %s, open: %s', (settings, hasBackup, opens) => {
    expect(mayOpenCheckIns(true, settings, hasBackup)).toBe(opens)
    expect(mayOpenCheckIns(false, settings, hasBackup)).toBe(true)
  })
})

it('counts days from the asking', () => {
  expect(lookAt(request(), EVERYBODY, new Date(T0 + 3 * DAY_MS)).day).toBe(3)
})

describe('who stands in for a group', () => {
  it.each([
    ['somebody who does not lead it', EVERYBODY, true],
    ['nobody', EVERYBODY.filter(({ rung }) => rung !== 'backup'), false],
    [
      'who leads it',
      [helper('facilitators'), helper('backup', { personId: 'facilitators' })],
      false,
    ],
  ] as const)('is %s', (_, helpers, has) => {
    expect(hasBackupOf(helpers)).toBe(has)
  })
})

describe('who closes a request', () => {
  const waits = { round: 1, holderId: null, isClosedAbove: false }

  it('is everybody who reads it, in its first round', () => {
    for (const { personId } of EVERYBODY) expect(mayClose(EVERYBODY, waits, personId)).toBe(true)
  })

  it('is who has taken it, where its member opened it again', () => {
    const again = { ...waits, round: 2 }
    expect(mayClose(EVERYBODY, again, 'facilitators')).toBe(false)
    expect(mayClose(EVERYBODY, { ...again, holderId: 'facilitators' }, 'facilitators')).toBe(true)
  })

  it.each<[string, string, boolean]>([
    ['who leads the group', 'facilitators', false],
    ['its stand-in', 'backup', false],
    ['a supervisor', 'supervisors', true],
    ['the safety contact', 'safety', true],
    ['a colleague who was handed it', 'somebody', true],
  ])('of one whose member was taken off the list: %s', (_, personId, may) => {
    expect(mayClose(EVERYBODY, { ...waits, isClosedAbove: true }, personId)).toBe(may)
  })

  it('of one whose member was taken off the list: nobody in place of who leads it, but all where nobody is above', () => {
    const away = [
      helper('facilitators', { isAway: true, standInId: 'somebody' }),
      helper('supervisors'),
    ]
    const request = { ...waits, isClosedAbove: true }
    expect(mayClose(away, request, 'somebody')).toBe(false)
    expect(mayClose([helper('facilitators')], request, 'facilitators')).toBe(true)
  })
})

describe('somebody who has a request and goes away', () => {
  const held = request({ holderId: 'backup', seenAt: at(1) })

  it('leaves it to their stand-in', () => {
    const helpers = [helper('facilitators'), helper('backup', { isAway: true, standInId: 'other' })]
    const look = lookAt(held, helpers, new Date(at(2)))
    expect(look.holderId).toBe('other')
    expect(look.told).toContain('other')
  })

  it('leaves it to all, without one', () => {
    const helpers = [helper('facilitators'), helper('backup', { isAway: true })]
    const look = lookAt(held, helpers, new Date(at(2)))
    expect(look.holderId).toBeNull()
    expect(look.told).toEqual(['facilitators'])
  })
})

describe('a drill', () => {
  const without = (...gone: Rung[]) => EVERYBODY.filter(({ rung }) => !gone.includes(rung))

  it.each<[string, readonly Helper[], Rung, Rung | 'through']>([
    ['waits on its step', EVERYBODY, 'backup', 'backup'],
    ['goes on from a step that is not there any more', without('backup'), 'backup', 'supervisors'],
    [
      'has come through when the last step is not there any more',
      without('safety'),
      'safety',
      'through',
    ],
    ['stays where it is while nobody is there', [], 'backup', 'backup'],
  ])('%s', (_, helpers, rung, stands) => {
    expect(drillAt(helpers, rung)).toBe(stands)
  })
})
