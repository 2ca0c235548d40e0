import { describe, expect, it } from 'vitest'
import { ruleOf, startsOf } from '../../src/domain/recurrence.ts'
import { leadBefore } from '../../src/domain/time.ts'

// The sessions that a schedule should give are worked out here without Temporal and without the recurrence
// library: dates by counting days in UTC, instants by asking Intl what the clocks on the wall
// showed at each candidate.

const DAY_MS = 24 * 60 * 60_000
const QUARTER_MS = 15 * 60_000

const ZONES = [
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Santiago',
  'America/Asuncion',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Asia/Gaza',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Antarctica/Troll',
  'UTC',
] as const

const formats = new Map<string, Intl.DateTimeFormat>()
/** "2027-03-28T02:30" as the clocks of a zone show an instant. */
function wallAt(ms: number, timeZone: string): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'short',
      hourCycle: 'h23',
    })
  formats.set(timeZone, format)
  return format.format(ms).replace(' ', 'T')
}

/** Every instant at which the clocks show a local time: none in a gap, two where it comes twice. */
function instantsOf(local: string, timeZone: string): number[] {
  const asUtc = Date.parse(`${local}:00Z`)
  const found: number[] = []
  for (let ms = asUtc - 15 * 60 * 60_000; ms <= asUtc + 15 * 60 * 60_000; ms += QUARTER_MS)
    if (wallAt(ms, timeZone) === local) found.push(ms)
  return found
}

/**
 * RFC 5545 says: the first of two; in a gap, the instant that the offset before the gap gives.
 */
function expectedStart(
  local: string,
  timeZone: string,
): { ms: number; wall: 'plain' | 'twice' | 'skipped' } {
  const found = instantsOf(local, timeZone)
  const first = found[0]
  if (first !== undefined) return { ms: first, wall: found.length > 1 ? 'twice' : 'plain' }
  const dayBefore = new Date(Date.parse(`${local}:00Z`) - DAY_MS).toISOString().slice(0, 16)
  const before = instantsOf(dayBefore, timeZone).at(-1)
  if (before === undefined) throw new Error(`${dayBefore} is not on the wall in ${timeZone}`)
  return { ms: before + DAY_MS, wall: 'skipped' }
}

const isoDate = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/** Three years of weeks from a date. */
const weeks = (firstDate: string) =>
  Array.from({ length: 156 }, (_, index) => isoDate(Date.parse(firstDate) + index * 7 * DAY_MS))

/**
 * Three years of months: the same weekday of the month, counted off a calendar; the fifth is the
 * last.
 */
function months(firstDate: string): string[] {
  const first = new Date(firstDate)
  const nth = Math.ceil(first.getUTCDate() / 7)
  return Array.from({ length: 36 }, (_, index) => {
    const year = first.getUTCFullYear() + Math.floor((first.getUTCMonth() + index) / 12)
    const month = (first.getUTCMonth() + index) % 12
    const days: number[] = []
    for (let ms = Date.UTC(year, month, 1); new Date(ms).getUTCMonth() === month; ms += DAY_MS)
      if (new Date(ms).getUTCDay() === first.getUTCDay()) days.push(ms)
    return isoDate((nth > 4 ? days.at(-1) : days[nth - 1]) ?? Number.NaN)
  })
}

function check(
  dates: readonly string[],
  time: string,
  timeZone: string,
  repeat: 'weekly' | 'monthlyWeekday',
): void {
  const firstDate = dates[0] ?? ''
  // Longer than one schedule may be: until its last date, in runs of a year.
  const runs = Array.from({ length: Math.ceil(dates.length / 52) }, (_, run) =>
    dates.slice(run * 52, (run + 1) * 52),
  )
  const got = runs.flatMap((run) => {
    const plan = {
      firstDate: run[0] ?? firstDate,
      time,
      repeat,
      count: run.length,
      until: null,
      exceptions: [],
    } as const
    return startsOf({
      rule: ruleOf(plan),
      localStart: `${plan.firstDate}T${time}`,
      timeZone,
      minutes: 60,
    })
  })
  const wanted = dates.map((date) => ({
    local: `${date}T${time}`,
    ...expectedStart(`${date}T${time}`, timeZone),
  }))
  expect(
    got.map(({ originalLocalStart, startsAt, wall }) => ({
      local: originalLocalStart,
      ms: startsAt.getTime(),
      wall,
    })),
  ).toEqual(wanted)
}

describe.each(ZONES.map((zone) => ({ zone })))(
  'three years in $zone, against another way of counting',
  ({ zone }) => {
    it('every Sunday at 2:30, where the clocks change', () => {
      check(weeks('2026-01-04'), '02:30', zone, 'weekly')
    })
    it('every Tuesday at 17:30', () => {
      check(weeks('2026-01-06'), '17:30', zone, 'weekly')
    })
    it('every month on the last Sunday at 1:30', () => {
      check(months('2026-03-29'), '01:30', zone, 'monthlyWeekday')
    })
    it('every month on the first Saturday at 0:15', () => {
      check(months('2026-01-03'), '00:15', zone, 'monthlyWeekday')
    })
  },
)

describe('the same suite', () => {
  it('meets gaps and overlaps, or it would show nothing', () => {
    const walls = ZONES.flatMap((zone) =>
      weeks('2026-01-04').map((date) => expectedStart(`${date}T02:30`, zone).wall),
    )
    expect(walls.filter((wall) => wall === 'skipped').length).toBeGreaterThan(10)
    expect(walls.filter((wall) => wall === 'twice').length).toBeGreaterThan(3)
  })

  it.each([
    // Lord Howe moves by half an hour: 2:00 becomes 2:30, so 2:15 is not there, and 1:45 comes
    // twice in April.
    ['Australia/Lord_Howe', '2026-10-04T02:15', 'skipped'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', 'twice'],
    // Troll moves by two hours.
    ['Antarctica/Troll', '2026-03-29T02:30', 'skipped'],
    // Morocco goes back an hour for Ramadan and forward after it.
    ['Africa/Casablanca', '2026-02-15T02:30', 'twice'],
    ['Africa/Casablanca', '2026-03-22T02:30', 'skipped'],
    // Samoa left out a whole day at the end of 2011.
    ['Pacific/Apia', '2011-12-30T12:00', 'skipped'],
    ['Asia/Kathmandu', '2026-03-29T02:30', 'plain'],
  ] as const)('%s at %s: %s', (zone, local, wall) => {
    const [firstDate = '', time = ''] = local.split('T')
    const plan = { firstDate, time, repeat: 'once', count: 1, until: null, exceptions: [] } as const
    const [start] = startsOf({ rule: ruleOf(plan), localStart: local, timeZone: zone, minutes: 60 })
    expect(start?.wall).toBe(wall)
    if (local < '2012') return
    expect(start?.startsAt.getTime()).toBe(expectedStart(local, zone).ms)
  })
})

describe('a reminder some days before', () => {
  it.each([
    ['Europe/Berlin', '2026-03-31T15:30:00Z', 10_080, '2026-03-24T16:30:00Z'],
    ['Europe/Berlin', '2026-03-30T15:30:00Z', 2_880, '2026-03-28T16:30:00Z'],
    ['Europe/Berlin', '2026-10-27T16:30:00Z', 10_080, '2026-10-20T15:30:00Z'],
    ['America/New_York', '2026-03-10T21:30:00Z', 10_080, '2026-03-03T22:30:00Z'],
    ['Australia/Lord_Howe', '2026-04-07T07:00:00Z', 10_080, '2026-03-31T06:30:00Z'],
    ['Antarctica/Troll', '2026-03-31T15:30:00Z', 10_080, '2026-03-24T17:30:00Z'],
    ['UTC', '2026-03-31T15:30:00Z', 10_080, '2026-03-24T15:30:00Z'],
  ])('keeps the time on the wall in %s (%s, %i minutes)', (zone, at, minutes, due) => {
    expect(leadBefore(new Date(at), minutes, zone).toISOString()).toBe(new Date(due).toISOString())
  })

  it.each([15, 60, 240, 1_440])('counts hours as hours: %i minutes', (minutes) => {
    const at = new Date('2026-03-29T15:30:00Z')
    expect(at.getTime() - leadBefore(at, minutes, 'Europe/Berlin').getTime()).toBe(minutes * 60_000)
  })
})
