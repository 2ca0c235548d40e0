import { Temporal } from 'temporal-polyfill'
import type { Recurrence } from './recurrence.ts'
import { instantOf } from './time.ts'

/** When and where a group meets. A link is shown behind a button only. */
export type SessionPlan = Recurrence & {
  minutes: number
  timeZone: string
  place: string | null
  link: string | null
}

/** How many sessions a rule plans; null when it ends on a date. */
export function countOf(rule: string): number | null {
  const count = /COUNT=(\d+)/.exec(rule)?.[1]
  return count === undefined ? null : Number(count)
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

/** Dates separated by commas, spaces or lines; null when one of them is none. */
export function parseDates(text: string): string[] | null {
  const dates = text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(parseDate)
  return dates.every((date) => date !== null) ? [...new Set(dates)].sort() : null
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

/** Whether a local start has already begun. */
export function startsInPast(localStart: string, timeZone: string, now: Date): boolean {
  return instantOf(localStart, timeZone) <= now
}

/** The video link or the like that may stand behind a button: https only. Null when it is none. */
export function parseLink(text: string): string | null {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null
  return url?.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : null
}
