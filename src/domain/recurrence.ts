import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'
import { MAX_SESSIONS } from './limits.ts'

/**
 * How a plan repeats. `monthlyWeekday`: the same weekday of the month ("first Tuesday");
 * `monthlyDate`: the same date.
 */
export const REPEATS = [
  'once',
  'weekly',
  'weeks2',
  'weeks3',
  'weeks4',
  'monthlyWeekday',
  'monthlyDate',
] as const
export type Repeat = (typeof REPEATS)[number]

/**
 * A rule in local wall time. `firstDate` is "2027-03-02", `time` "17:30". It ends after `count`, or
 * on the date `until`.
 */
export type Recurrence = {
  firstDate: string
  time: string
  repeat: Repeat
  count: number | null
  until: string | null
  /** Local dates left out. They do not count: twelve sessions stay twelve. */
  exceptions: readonly string[]
}

/** Where a local time lies in its zone: once, never (the clocks skip it), or twice. */
export type WallTime = 'plain' | 'skipped' | 'twice'

/**
 * One planned start. `originalLocalStart` is its identity; `isAfterClockChange` when the zone's
 * offset changed since the one before.
 */
export type PlannedStart = {
  originalLocalStart: string
  startsAt: Date
  endsAt: Date
  isAfterClockChange: boolean
  wall: WallTime
}

const RRULE_DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
/** The fifth of a weekday does not come in every month: the last one is meant. */
const LAST = 5

/** RFC 5545 rule, without DTSTART and without the exceptions. */
export function ruleOf(plan: Recurrence): string {
  const base = frequencyOf(plan.firstDate, plan.repeat)
  if (plan.until !== null) return `${base};UNTIL=${plan.until.replaceAll('-', '')}T235959Z`
  const wanted = plan.repeat === 'once' ? 1 : (plan.count ?? 1)
  // Dates left out are made up for at the end.
  for (let count = wanted; ; count += 1) {
    const rule = `${base};COUNT=${count}`
    const kept = localStarts(rule, `${plan.firstDate}T${plan.time}`).filter(
      (start) => !isLeftOut(start, plan.exceptions),
    )
    if (kept.length >= wanted || count > wanted + plan.exceptions.length) return rule
  }
}

function frequencyOf(firstDate: string, repeat: Repeat): string {
  const date = Temporal.PlainDate.from(firstDate)
  const weekday = RRULE_DAYS[date.dayOfWeek - 1]
  const nth = Math.ceil(date.day / 7)
  switch (repeat) {
    case 'once':
      return 'FREQ=DAILY'
    case 'weekly':
      return `FREQ=WEEKLY;BYDAY=${weekday}`
    case 'weeks2':
    case 'weeks3':
    case 'weeks4':
      return `FREQ=WEEKLY;INTERVAL=${repeat.slice(-1)};BYDAY=${weekday}`
    case 'monthlyWeekday':
      return `FREQ=MONTHLY;BYDAY=${nth === LAST ? -1 : nth}${weekday}`
    case 'monthlyDate': {
      // A month without the 31st has its last day instead, so that no month is left out.
      const days = Array.from({ length: Math.max(0, date.day - 27) }, (_, index) => 28 + index)
      return date.day > 28
        ? `FREQ=MONTHLY;BYMONTHDAY=${days.join(',')};BYSETPOS=-1`
        : `FREQ=MONTHLY;BYMONTHDAY=${date.day}`
    }
  }
}

/** How a stored rule repeats. */
export function repeatOf(rule: string): Repeat {
  if (rule.startsWith('FREQ=DAILY')) return 'once'
  if (rule.startsWith('FREQ=MONTHLY'))
    return rule.includes('BYDAY') ? 'monthlyWeekday' : 'monthlyDate'
  const interval = /INTERVAL=(\d)/.exec(rule)?.[1]
  return interval === undefined ? 'weekly' : (`weeks${interval}` as Repeat)
}

/** The date on which a stored rule ends; null when it counts. */
export function untilOf(rule: string): string | null {
  const [, year, month, day] = /UNTIL=(\d{4})(\d{2})(\d{2})/.exec(rule) ?? []
  return year && month && day ? `${year}-${month}-${day}` : null
}

/** The weekday of the month that a date is: 1 to 4, or −1 for the last. */
export function nthWeekday(date: string): number {
  const nth = Math.ceil(Temporal.PlainDate.from(date).day / 7)
  return nth === LAST ? -1 : nth
}

/**
 * The rule runs on wall time alone (as if in UTC), so the clock on the wall keeps its place across
 * clock changes.
 */
function localStarts(rule: string, localStart: string): Temporal.PlainDateTime[] {
  const stamp = localStart.replace(/[-:]/g, '').padEnd(15, '0')
  const floating = new RRuleTemporal({ rruleString: `DTSTART:${stamp}Z\nRRULE:${rule}` })
  // One more than may be planned, so that the caller sees that it is too many.
  return floating
    .all((_, index) => index <= MAX_SESSIONS + LONGEST_EXCEPTIONS)
    .map((occurrence) => Temporal.PlainDateTime.from(occurrence.toString().slice(0, 19)))
}

/** Dates that one plan leaves out at most. */
export const LONGEST_EXCEPTIONS = 60

const isLeftOut = (start: Temporal.PlainDateTime, exceptions: readonly string[]): boolean =>
  exceptions.includes(start.toPlainDate().toString())

/**
 * A rule with what places it: its first local start, a zone, how long each lasts, and the dates
 * that are left out.
 */
export type PlacedRule = {
  rule: string
  localStart: string
  timeZone: string
  minutes: number
  exceptions?: readonly string[]
}

/** The starts that a rule gives, in order, each local start placed in the zone. */
export function startsOf({
  rule,
  localStart,
  timeZone,
  minutes,
  exceptions = [],
}: PlacedRule): PlannedStart[] {
  let offsetBefore: number | null = null
  return localStarts(rule, localStart)
    .filter((start) => !isLeftOut(start, exceptions))
    .map((local) => {
      const { zoned, wall } = placeIn(local, timeZone)
      const isAfterClockChange = offsetBefore !== null && zoned.offsetNanoseconds !== offsetBefore
      offsetBefore = zoned.offsetNanoseconds
      const startsAt = new Date(zoned.epochMilliseconds)
      return {
        originalLocalStart: local.toString({ smallestUnit: 'minute' }),
        startsAt,
        endsAt: new Date(startsAt.getTime() + minutes * 60_000),
        isAfterClockChange,
        wall,
      }
    })
}

/**
 * A local time in a zone. One that the clocks skip moves forward by the gap; one that comes twice
 * is the first (Temporal's "compatible", as RFC 5545 section 3.3.5 says).
 */
function placeIn(
  local: Temporal.PlainDateTime,
  timeZone: string,
): { zoned: Temporal.ZonedDateTime; wall: WallTime } {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' })
  if (earlier.epochMilliseconds === later.epochMilliseconds)
    return { zoned: earlier, wall: 'plain' }
  const isTwice = earlier.toPlainDateTime().equals(local)
  return isTwice ? { zoned: earlier, wall: 'twice' } : { zoned: later, wall: 'skipped' }
}

/** Where one local time lies, for a session that is moved there. */
export function placeOne(localStart: string, timeZone: string): { startsAt: Date; wall: WallTime } {
  const { zoned, wall } = placeIn(Temporal.PlainDateTime.from(localStart), timeZone)
  return { startsAt: new Date(zoned.epochMilliseconds), wall }
}

/** The next start of a rule strictly after an instant; null when there is none. */
export function nextStart(
  rule: string,
  localStart: string,
  timeZone: string,
  after: Date,
): Date | null {
  return (
    startsOf({ rule, localStart, timeZone, minutes: 0 }).find(({ startsAt }) => startsAt > after)
      ?.startsAt ?? null
  )
}
