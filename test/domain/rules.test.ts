import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { isAllowed } from '../../src/domain/access.ts'
import { decideOpening, planCheckIns, RELEASE_BUDGET, windowAfter } from '../../src/domain/checkin.ts'
import { afterAttempt, MAX_ATTEMPTS } from '../../src/domain/delivery.ts'
import { digestWindow, nextDigestAt } from '../../src/domain/digest.ts'
import { diagnosisWordIn, rosterProblems } from '../../src/domain/group.ts'
import { clip, plain } from '../../src/domain/text.ts'
import { DAY_MS, plus } from '../../src/domain/time.ts'

const AT = new Date('2026-03-03T18:00:00Z')
const weeks = (count: number) => Array.from({ length: count }, (_, index) => plus(AT, index * 7 * DAY_MS))

describe('the plan of check-ins', () => {
  it('asks after each session of a short programme, after every second of a longer one', () => {
    expect(planCheckIns(weeks(12), [], { everyNth: 1, total: 12, since: null })).toHaveLength(12)
    expect(planCheckIns(weeks(13), [], { everyNth: 1, total: 13, since: null })).toEqual([0, 2, 4, 6, 8, 10, 12])
  })

  it('asks as often as the kind has it, and goes on where it was when the plan changes on the way', () => {
    const plan = { everyNth: 2, total: 8, since: null }
    expect(planCheckIns(weeks(6), [], plan)).toEqual([0, 2, 4])
    expect(planCheckIns(weeks(6), [], { ...plan, since: 0 })).toEqual([1, 3, 5])
    expect(planCheckIns(weeks(6), [], { ...plan, since: 1 })).toEqual([0, 2, 4])
  })

  it('never plans more than the budget in any 26 weeks, whatever came before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 52 }),
        fc.array(fc.integer({ min: -200, max: 400 }), { maxLength: 20 }),
        (count, earlierDays) => {
          const earlier = earlierDays.map((days) => plus(AT, days * DAY_MS))
          const ends = weeks(count)
          const planned = planCheckIns(ends, earlier, { everyNth: 1, total: count, since: null }).map(
            (index) => ends[index] ?? AT,
          )
          const all = [...earlier, ...planned]
          for (const at of planned) {
            const window = all.filter(
              (other) => other >= at && other.getTime() < at.getTime() + RELEASE_BUDGET.windowDays * DAY_MS,
            )
            expect(window.length).toBeLessThanOrEqual(Math.max(RELEASE_BUDGET.releases, earlier.length))
          }
          if (earlier.length === 0) expect(planned.length).toBeGreaterThan(0)
        },
      ),
    )
  })
})

describe('opening a check-in', () => {
  const planned = windowAfter(AT)
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
    expect(decideOpening(AT, planned, 5, null)).toEqual({ decision: 'drop', reason: 'tooFewMembers' })
  })
})

describe('the ledger', () => {
  const refused = { outcome: 'refused', isGone: false, isWorkspace: false, retryAfterMs: null, reason: 'x' } as const
  const lost = { outcome: 'unknown', reason: 'x' } as const
  const died = { outcome: 'unknown', reason: 'interrupted' } as const
  const again = (waitMs: number) => ({ state: 'planned', waitMs, isUntried: false }) as const
  const waits = (waitMs: number) => ({ state: 'planned', waitMs, isUntried: true }) as const
  const dropped = { state: 'dropped', reason: 'unknown' } as const
  const failed = { state: 'failed', reason: 'x' } as const
  const tries = (attempts: number, lostAnswers = 0, interruptions = 0) => ({ attempts, lostAnswers, interruptions })
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
    ['welcome', tries(1), { ...refused, isGone: true }, failed],
    ['welcome', tries(MAX_ATTEMPTS), { ...refused, retryAfterMs: 30_000 }, waits(30_000)],
    ['welcome', tries(MAX_ATTEMPTS), { ...refused, isWorkspace: true }, waits(300_000)],
    ['welcome', tries(2), refused, again(10_000)],
    ['welcome', tries(MAX_ATTEMPTS), refused, failed],
  ] as const)('%s after %j: %j becomes %j', (kind, before, attempt, expected) => {
    expect(afterAttempt(kind, before, attempt)).toEqual(expected)
  })
})

describe('the digest', () => {
  const plan = { weekday: 1, localTime: '08:00', timeZone: 'Europe/Berlin' }
  it('goes out on Monday at eight by the clock on the wall, also across a clock change', () => {
    expect(nextDigestAt(plan, new Date('2026-03-23T07:00:00Z')).toISOString()).toBe('2026-03-30T06:00:00.000Z')
    expect(nextDigestAt(plan, new Date('2026-03-23T06:59:59Z')).toISOString()).toBe('2026-03-23T07:00:00.000Z')
  })
  it('covers seven local days', () => {
    expect(digestWindow(plan, new Date('2026-03-30T06:00:00Z')).startsAt.toISOString()).toBe('2026-03-23T07:00:00.000Z')
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
  it.each(['Tuesday group', 'Spain trip', 'The Achievers', 'Raids and Aidan', 'Garden circle', 'Martes por la tarde'])(
    'takes “%s”',
    (alias) => {
      expect(diagnosisWordIn(alias, stems)).toBeNull()
    },
  )
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
  const problems = (member: ReturnType<typeof person>[], facilitator = [staff('f')], supervisor = [staff('s')]) =>
    rosterProblems({ member, facilitator, supervisor }).map(({ field, reason }) => `${field} ${reason}`)
  it('takes members who are no staff of the group', () => {
    expect(problems([person('a'), staff('b')])).toEqual([])
    expect(problems([])).toEqual([])
  })
  it.each([
    [[person('f')], [staff('f')], [], 'members both'],
    [[person('s')], [staff('f')], [staff('s')], 'members both'],
    [[person('a', { isBot: true })], [staff('f')], [], 'members bot'],
    [[person('a', { isDeactivated: true })], [staff('f')], [], 'members bot'],
    [Array.from({ length: 31 }, (_, index) => person(`m${index}`)), [staff('f')], [], 'members tooMany'],
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
      isAllowed({ who: 'system' }, { isStaff: true, isAdmin: true, isSupervisor: true, roleInGroup: 'facilitator' }),
    ).toBe(false)
  })
  it('asks for the role in this very group', () => {
    expect(isAllowed({ who: 'group', roles: ['facilitator'] }, { ...nobody, isAdmin: true, isStaff: true })).toBe(false)
    expect(isAllowed({ who: 'group', roles: ['facilitator'] }, { ...nobody, roleInGroup: 'facilitator' })).toBe(true)
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
