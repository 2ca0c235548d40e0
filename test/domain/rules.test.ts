import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { isAllowed } from '../../src/domain/access.ts'
import {
  type CheckInPlan,
  daysToWait,
  decideOpening,
  type Programme,
  planCheckIns,
  RELEASE_BUDGET,
  windowOf,
} from '../../src/domain/checkin.ts'
import { afterAttempt, MAX_ATTEMPTS } from '../../src/domain/delivery.ts'
import { digestWindow, nextDigestAt } from '../../src/domain/digest.ts'
import { diagnosisWordIn, rosterProblems } from '../../src/domain/group.ts'
import { clip, plain } from '../../src/domain/text.ts'
import { DAY_MS, plus } from '../../src/domain/time.ts'

const AT = new Date('2026-03-03T18:00:00Z')
const weeks = (count: number) =>
  Array.from({ length: count }, (_, index) => plus(AT, index * 7 * DAY_MS))

const PULSE: CheckInPlan = {
  id: 'pulse',
  timing: 'after',
  openHours: 48,
  everyNth: 1,
  stages: ['beginning', 'middle', 'ending'],
  recallDays: 1,
  scales: 1,
}
const EARLIER = plus(AT, -DAY_MS)
const sessionsAt = (starts: readonly Date[]) =>
  starts.map((startsAt, index) => ({
    id: `s${index}`,
    startsAt,
    endsAt: plus(startsAt, 90 * 60_000),
  }))
const programme = (change: Partial<Programme> = {}): Programme => ({
  sessions: sessionsAt(weeks(12)),
  earlier: [],
  spent: [],
  roomInUnit: new Map(),
  now: EARLIER,
  ...change,
})
const idsOf = (plans: readonly CheckInPlan[], about: Partial<Programme> = {}, planId = 'pulse') =>
  planCheckIns(plans, programme(about))
    .planned.filter((one) => one.planId === planId)
    .map(({ sessionId }) => sessionId)

describe('the plan of check-ins', () => {
  it('publishes after each session of a short programme, after every second of a longer one', () => {
    const sizes = (count: number) =>
      planCheckIns([PULSE], programme({ sessions: sessionsAt(weeks(count)) })).planned.map(
        ({ unitSize }) => unitSize,
      )
    expect(sizes(12)).toEqual(Array(12).fill(1))
    expect(sizes(13)).toEqual(Array(13).fill(2))
  })

  it('publishes each time what is asked every fortnight or rarer', () => {
    const sessions = sessionsAt(weeks(20))
    const { planned } = planCheckIns([{ ...PULSE, everyNth: 2 }], programme({ sessions }))
    expect(planned.map(({ unitSize }) => unitSize)).toEqual(Array(10).fill(1))
  })

  it('asks as often as the plan has it, and goes on where it was when the programme changes on the way', () => {
    const plan = { ...PULSE, everyNth: 2 }
    const sessions = sessionsAt(weeks(6))
    expect(idsOf([plan], { sessions })).toEqual(['s0', 's2', 's4'])
    const asked = (index: number) => [
      { planId: 'pulse', sessionId: `s${index}`, opensAt: sessions[index]?.endsAt ?? AT },
    ]
    const now = plus(AT, 8 * DAY_MS)
    expect(idsOf([plan], { sessions, earlier: asked(1), now })).toEqual(['s3', 's5'])
    expect(idsOf([plan], { sessions, earlier: asked(0), now })).toEqual(['s2', 's4'])
  })

  it('asks only at the stages of the plan', () => {
    expect(idsOf([{ ...PULSE, stages: ['ending'] }])).toEqual(['s10', 's11'])
    expect(idsOf([{ ...PULSE, stages: ['middle', 'ending'], everyNth: 4 }])).toEqual([
      's3',
      's7',
      's11',
    ])
  })

  it('opens before a session as well, so that it closes when the session begins', () => {
    const [first] = planCheckIns(
      [{ ...PULSE, timing: 'before', openHours: 12 }],
      programme(),
    ).planned
    expect(first?.closesAt).toEqual(AT)
    expect(first?.opensAt).toEqual(plus(AT, -DAY_MS / 2))
  })

  it('leaves out what comes sooner than the days that its questions ask about, and says so', () => {
    const { planned, cut } = planCheckIns([{ ...PULSE, recallDays: 14 }], programme())
    expect(planned.map(({ sessionId }) => sessionId)).toEqual(['s0', 's2', 's4', 's6', 's8', 's10'])
    expect(cut).toEqual(Array(6).fill({ planId: 'pulse', reason: 'cadence' }))
    // A week is a week, also when the clocks change and a session begins an hour earlier.
    expect(planCheckIns([{ ...PULSE, recallDays: 7 }], programme()).cut).toEqual([])
  })

  it('lets the next check-in join the unit that has room', () => {
    const sessions = sessionsAt(weeks(20))
    const full = Array.from({ length: 13 }, (_, index) => ({
      at: plus(AT, (index - 13) * 7 * DAY_MS),
      scales: 1,
    }))
    const about = { sessions, spent: full, now: EARLIER }
    expect(idsOf([PULSE], about)).not.toContain('s0')
    expect(idsOf([PULSE], { ...about, roomInUnit: new Map([['pulse', 1]]) })[0]).toBe('s0')
  })

  it('gives the older plan the first claim on the budget, and says what was left out of the younger', () => {
    const sessions = sessionsAt(weeks(26))
    const other = { ...PULSE, id: 'other', everyNth: 4, scales: 4 }
    const { planned, cut } = planCheckIns([PULSE, other], programme({ sessions }))
    expect(planned.filter(({ planId }) => planId === 'pulse')).toHaveLength(26)
    expect(planned.filter(({ planId }) => planId === 'other')).toEqual([])
    expect(new Set(cut.map(({ planId, reason }) => `${planId} ${reason}`))).toEqual(
      new Set(['other budget']),
    )
  })

  it('never plans more than the budget in any 26 weeks, whatever came before and whatever is asked', () => {
    const plans = fc.array(
      fc.record({
        everyNth: fc.integer({ min: 1, max: 4 }),
        scales: fc.integer({ min: 1, max: 4 }),
        openHours: fc.constantFrom(12, 48),
        timing: fc.constantFrom('before' as const, 'after' as const),
      }),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 52 }),
        fc.array(fc.integer({ min: -200, max: 0 }), { maxLength: 13 }),
        plans,
        (count, earlierDays, given) => {
          const spent = earlierDays.map((days) => ({ at: plus(AT, days * DAY_MS), scales: 1 }))
          const all = given.map((one, index) => ({ ...PULSE, ...one, id: `p${index}` }))
          const { planned } = planCheckIns(
            all,
            programme({ sessions: sessionsAt(weeks(count)), spent }),
          )
          const begun = all.flatMap(({ id, scales }) => {
            const own = planned.filter((one) => one.planId === id)
            return own.flatMap(({ opensAt, unitSize }, index) =>
              index % unitSize === 0 ? [{ at: opensAt, scales }] : [],
            )
          })
          const events = [...spent, ...begun]
          for (const { at } of events) {
            const window = events.filter(
              (other) =>
                other.at >= at &&
                other.at.getTime() < at.getTime() + RELEASE_BUDGET.windowDays * DAY_MS,
            )
            const cost = window.reduce((sum, { scales }) => sum + scales, 0)
            expect(cost).toBeLessThanOrEqual(Math.max(RELEASE_BUDGET.releases, spent.length))
          }
        },
      ),
    )
  })
})

describe('asking by hand', () => {
  it('waits for the days that the questions ask about', () => {
    expect(daysToWait(14, null, AT)).toBe(0)
    expect(daysToWait(14, plus(AT, -14 * DAY_MS), AT)).toBe(0)
    expect(daysToWait(14, plus(AT, -13 * DAY_MS), AT)).toBe(1)
    expect(daysToWait(14, AT, AT)).toBe(14)
  })
})

describe('opening a check-in', () => {
  const planned = windowOf(PULSE, { id: 's', startsAt: plus(AT, -90 * 60_000), endsAt: AT })
  it('opens on time and closes 48 hours later', () => {
    expect(decideOpening(AT, planned, 6, null)).toEqual({
      decision: 'open',
      closesAt: plus(AT, 2 * DAY_MS),
      nudgeAt: plus(AT, DAY_MS),
    })
  })
  it('keeps its full length when it opens late', () => {
    expect(decideOpening(plus(AT, 5 * 3_600_000), planned, 6, null)).toMatchObject({
      closesAt: plus(AT, 2 * DAY_MS + 5 * 3_600_000),
    })
  })
  it('is dropped when it would run into the next one', () => {
    expect(decideOpening(plus(AT, 6 * DAY_MS), planned, 8, plus(AT, 7 * DAY_MS))).toEqual({
      decision: 'drop',
      reason: 'overlap',
    })
  })
  it('needs six members', () => {
    expect(decideOpening(AT, planned, 5, null)).toEqual({
      decision: 'drop',
      reason: 'tooFewMembers',
    })
  })
})

describe('the ledger', () => {
  const reason = 'notTaken'
  const refused = { outcome: 'refused', reason } as const
  const lost = { outcome: 'unknown', reason: 'noAnswer' } as const
  const died = { outcome: 'unknown', reason: 'interrupted' } as const
  const again = (waitMs: number) => ({ state: 'planned', waitMs, isUntried: false }) as const
  const waits = (waitMs: number) => ({ state: 'planned', waitMs, isUntried: true }) as const
  const dropped = { state: 'dropped', reason: 'unknown' } as const
  const failed = { state: 'failed', reason } as const
  const tries = (attempts: number, lostAnswers = 0, interruptions = 0) => ({
    attempts,
    lostAnswers,
    interruptions,
  })
  it.each([
    ['reminder', tries(1), { outcome: 'sent' }, { state: 'sent' }],
    ['reminder', tries(1), lost, again(5_000)],
    ['reminder', tries(2, 1), lost, dropped],
    // Refusals and deaths before are not lost answers.
    ['reminder', tries(4), lost, again(5_000)],
    ['reminder', tries(3, 0, 2), lost, again(20_000)],
    ['reminder', tries(1), died, again(5_000)],
    ['reminder', tries(5), died, again(5_000)],
    ['reminder', tries(2, 1), died, again(10_000)],
    ['reminder', tries(3, 0, 2), died, again(20_000)],
    ['reminder', tries(4, 0, 3), died, dropped],
    ['check-in-nudge', tries(1), died, dropped],
    ['check-in-nudge', tries(1), lost, dropped],
    ['welcome', tries(1), { outcome: 'gone', reason }, failed],
    ['welcome', tries(1), { outcome: 'notYet', reason }, failed],
    [
      'welcome',
      tries(MAX_ATTEMPTS),
      { outcome: 'paced', reason, retryAfterMs: 30_000 },
      waits(30_000),
    ],
    ['welcome', tries(MAX_ATTEMPTS), { outcome: 'noWorkspace', reason }, waits(300_000)],
    ['welcome', tries(2), refused, again(10_000)],
    ['welcome', tries(MAX_ATTEMPTS), refused, failed],
  ] as const)('%s after %j: %j becomes %j', (kind, before, attempt, expected) => {
    expect(afterAttempt(kind, before, attempt)).toEqual(expected)
  })
})

describe('the digest', () => {
  const plan = { weekday: 1, localTime: '08:00', timeZone: 'Europe/Berlin' }
  it('goes out on Monday at eight by the clock on the wall, also across a clock change', () => {
    expect(nextDigestAt(plan, new Date('2026-03-23T07:00:00Z')).toISOString()).toBe(
      '2026-03-30T06:00:00.000Z',
    )
    expect(nextDigestAt(plan, new Date('2026-03-23T06:59:59Z')).toISOString()).toBe(
      '2026-03-23T07:00:00.000Z',
    )
  })
  it('covers seven local days', () => {
    expect(digestWindow(plan, new Date('2026-03-30T06:00:00Z')).startsAt.toISOString()).toBe(
      '2026-03-23T07:00:00.000Z',
    )
  })
})

describe('an alias', () => {
  const stems = loadContent().diagnosisWords
  it.each([
    'Depression group',
    'Tuesday HIV circle',
    'Grupo de ansiedad',
    'post-stroke walkers',
    'Sober Sundays',
    'Chronic pain',
  ])('refuses “%s”', (alias) => {
    expect(diagnosisWordIn(alias, stems)).not.toBeNull()
  })
  it.each([
    'Tuesday group',
    'Spain trip',
    'The Achievers',
    'Raids and Aidan',
    'Garden circle',
    'Martes por la tarde',
  ])('takes “%s”', (alias) => {
    expect(diagnosisWordIn(alias, stems)).toBeNull()
  })
})

describe('a roster', () => {
  const person = (personId: string, change = {}) => ({
    personId,
    isStaff: false,
    isBot: false,
    isDeactivated: false,
    ...change,
  })
  const staff = (personId: string) => person(personId, { isStaff: true })
  const problems = (
    member: ReturnType<typeof person>[],
    facilitator = [staff('f')],
    supervisor = [staff('s')],
  ) =>
    rosterProblems({ member, facilitator, supervisor }).map(
      ({ field, reason }) => `${field} ${reason}`,
    )
  it('takes members who are no staff of the group', () => {
    expect(problems([person('a'), staff('b')])).toEqual([])
    expect(problems([])).toEqual([])
  })
  it.each([
    [[person('f')], [staff('f')], [], 'members both'],
    [[person('s')], [staff('f')], [staff('s')], 'members both'],
    [[person('a', { isBot: true })], [staff('f')], [], 'members bot'],
    [[person('a', { isDeactivated: true })], [staff('f')], [], 'members bot'],
    [
      Array.from({ length: 31 }, (_, index) => person(`m${index}`)),
      [staff('f')],
      [],
      'members tooMany',
    ],
    [[], [], [], 'facilitators noFacilitator'],
    [[], [person('x')], [], 'facilitators notStaff'],
    [[], [staff('f')], [person('x')], 'supervisors notStaff'],
    [[], [staff('f')], [staff('f')], 'supervisors twoRoles'],
  ])('refuses case %#', (members, facilitators, supervisors, expected) => {
    expect(problems(members, facilitators, supervisors)).toContain(expected)
  })
})

describe('a rule of access', () => {
  const nobody = { isStaff: false, isAdmin: false, isSupervisor: false, roleInGroup: null }
  it('lets nobody use the system’s own verbs', () => {
    expect(
      isAllowed(
        { who: 'system' },
        { isStaff: true, isAdmin: true, isSupervisor: true, roleInGroup: 'facilitator' },
      ),
    ).toBe(false)
  })
  it('asks for the role in this very group', () => {
    expect(
      isAllowed(
        { who: 'group', roles: ['facilitator'] },
        { ...nobody, isAdmin: true, isStaff: true },
      ),
    ).toBe(false)
    expect(
      isAllowed(
        { who: 'group', roles: ['facilitator'] },
        { ...nobody, roleInGroup: 'facilitator' },
      ),
    ).toBe(true)
  })
})

describe('text', () => {
  it('is cut with a visible sign, never through a pair', () => {
    expect(clip('abcdef', 4)).toBe('abc…')
    expect(clip('ab😀def', 4)).toBe('ab…')
    expect(clip('abc', 3)).toBe('abc')
  })
  it('loses what disguises it', () => {
    expect(plain('pay\u202Eload\u200B\u0007')).toBe('pay load  ')
    expect(plain('سلام 👩‍⚕️')).toBe('سلام 👩‍⚕️')
  })
})
