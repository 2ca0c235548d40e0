import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'
import { instantOf } from './time.ts'

/** A weekly programme in local wall time. `firstDate` is "2027-03-02", `time` "17:30"; ISO weekday 1 is Monday. */
export type WeeklyPlan = { firstDate: string; time: string; minutes: number; count: number; timeZone: string }

/** How many sessions a rule plans; null when it does not say. */
export function countOf(rule: string): number | null {
  const count = /COUNT=(\d+)/.exec(rule)?.[1]
  return count === undefined ? null : Number(count)
}

/** One planned start. `originalLocalStart` is its identity; `isAfterClockChange` when the zone's offset changed since the one before. */
export type PlannedStart = { originalLocalStart: string; startsAt: Date; endsAt: Date; isAfterClockChange: boolean }

const RRULE_DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const

/** RFC 5545 rule of the plan, without DTSTART. */
export function ruleOf(plan: WeeklyPlan): string {
  const weekday = Temporal.PlainDate.from(plan.firstDate).dayOfWeek
  return `FREQ=WEEKLY;BYDAY=${RRULE_DAYS[weekday - 1]};COUNT=${plan.count}`
}

/**
 * The starts that a rule gives, in order. The rule runs on wall time alone (as if in UTC), so the clock on the wall keeps
 * its place across clock changes; each local start is then placed in the zone.
 */
export function startsOf(rule: string, localStart: string, timeZone: string, minutes: number): PlannedStart[] {
  const stamp = localStart.replace(/[-:]/g, '').padEnd(15, '0')
  const floating = new RRuleTemporal({ rruleString: `DTSTART:${stamp}Z\nRRULE:${rule}` })
  let offsetBefore: number | null = null
  return floating.all().map((occurrence) => {
    const local = Temporal.PlainDateTime.from(occurrence.toString().slice(0, 19))
    const zoned = local.toZonedDateTime(timeZone, { disambiguation: 'compatible' })
    const isAfterClockChange = offsetBefore !== null && zoned.offsetNanoseconds !== offsetBefore
    offsetBefore = zoned.offsetNanoseconds
    const startsAt = new Date(zoned.epochMilliseconds)
    return {
      originalLocalStart: local.toString({ smallestUnit: 'minute' }),
      startsAt,
      endsAt: new Date(startsAt.getTime() + minutes * 60_000),
      isAfterClockChange,
    }
  })
}

/** "2027-03-02", or null when it is no date of the calendar. */
export function parseDate(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text.trim())) return null
  try {
    return Temporal.PlainDate.from(text.trim(), { overflow: 'reject' }).toString()
  } catch {
    return null
  }
}

/** "17:30" from "17:30", "17.30", "5:30 pm" or "9h05"; null when it is no time of day. */
export function parseTime(text: string): string | null {
  const match = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?$/i.exec(text.trim())
  if (!match || (!match[2] && !match[3])) return null
  const half = match[3]?.toLowerCase()
  const typed = Number(match[1])
  if (half && (typed < 1 || typed > 12)) return null
  const hour = half ? (typed % 12) + (half === 'pm' ? 12 : 0) : typed
  const minute = Number(match[2] ?? 0)
  if (hour > 23 || minute > 59) return null
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** The next date with that ISO weekday, on or after a date. */
export function nextWeekday(from: string, isoWeekday: number): string {
  const date = Temporal.PlainDate.from(from)
  return date.add({ days: (isoWeekday - date.dayOfWeek + 7) % 7 }).toString()
}

/** What "every Tuesday 17:30 for 90 minutes, 12 sessions" says. Parts that were left out are null. */
export type TypedPlan = { isoWeekday: number; time: string; minutes: number | null; count: number | null }

/** Reads a typed schedule with the language's weekday names (Monday first); null when weekday or time is missing. */
export function parseTypedPlan(text: string, weekdays: readonly string[]): TypedPlan | null {
  const words = text.toLowerCase()
  const isoWeekday = weekdays.findIndex((name) => words.includes(name.toLowerCase())) + 1
  const time = parseTime(/\b\d{1,2}(?:[:.]\d{2}\s*(?:am|pm)?|\s*(?:am|pm))\b/i.exec(text)?.[0] ?? '')
  if (isoWeekday === 0 || time === null) return null
  const numberBefore = (unit: string) => Number(new RegExp(`(\\d+)\\s*${unit}`, 'i').exec(text)?.[1] ?? Number.NaN)
  const minutes = numberBefore('min')
  const count = numberBefore('session')
  return {
    isoWeekday,
    time,
    minutes: Number.isNaN(minutes) ? null : minutes,
    count: Number.isNaN(count) ? null : count,
  }
}

/** Whether a plan's first session would already have begun. */
export function startsInPast(plan: WeeklyPlan, now: Date): boolean {
  return instantOf(`${plan.firstDate}T${plan.time}`, plan.timeZone) <= now
}
