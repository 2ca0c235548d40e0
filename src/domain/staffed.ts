import { Temporal } from 'temporal-polyfill'
import { parseTime } from './schedule.ts'
import { HOUR_MS, instantOf, localOf, plus } from './time.ts'

/** A time of each week at which somebody is there: ISO weekday, local "09:00" to "17:00". */
export type StaffedTime = { weekday: number; from: string; until: string }

/** Windows of one weekday that can be given. */
const MOST_WINDOWS = 3
/** The end of a day, as an end. */
const MIDNIGHT = '24:00'
/** A promise that cannot be kept within so many days is none. */
const MOST_DAYS = 60

/**
 * The instant at which so many staffed hours have passed since `start`. Without times every hour
 * counts. An hour that the clocks skip or repeat counts as it passes.
 */
export function afterStaffedHours(
  start: Date,
  hours: number,
  times: readonly StaffedTime[],
  timeZone: string,
): Date {
  if (times.length === 0) return plus(start, hours * HOUR_MS)
  let left = hours * HOUR_MS
  let date = Temporal.Instant.fromEpochMilliseconds(start.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
  for (let day = 0; day <= MOST_DAYS; day += 1, date = date.add({ days: 1 }))
    for (const window of windowsOn(date, times, timeZone)) {
      const from = Math.max(window.from, start.getTime())
      if (window.until <= from) continue
      if (window.until - from >= left) return new Date(from + left)
      left -= window.until - from
    }
  throw new Error('staffed times hold no hour')
}

/**
 * The instant at which half of the staffed hours between two instants has passed; without times, or
 * with no hour of theirs between the two, half of the time.
 */
export function halfwayStaffed(
  start: Date,
  end: Date,
  times: readonly StaffedTime[],
  timeZone: string,
): Date {
  const last = localOf(end, timeZone).toPlainDate()
  const spans: { from: number; until: number }[] = []
  let date = localOf(start, timeZone).toPlainDate()
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 }))
    for (const window of windowsOn(date, times, timeZone)) {
      const from = Math.max(window.from, start.getTime())
      const until = Math.min(window.until, end.getTime())
      if (from < until) spans.push({ from, until })
    }
  const all = spans.length > 0 ? spans : [{ from: start.getTime(), until: end.getTime() }]
  let left = all.reduce((sum, { from, until }) => sum + Math.max(0, until - from), 0) / 2
  for (const { from, until } of all) {
    if (until - from >= left) return new Date(from + left)
    left -= until - from
  }
  return end
}

/** The windows of a date as instants, in order. */
function windowsOn(date: Temporal.PlainDate, times: readonly StaffedTime[], timeZone: string) {
  const at = (time: string) =>
    time === MIDNIGHT
      ? instantOf(`${date.add({ days: 1 })}T00:00`, timeZone)
      : instantOf(`${date}T${time}`, timeZone)
  return times
    .filter(({ weekday }) => weekday === date.dayOfWeek)
    .map(({ from, until }) => ({ from: at(from).getTime(), until: at(until).getTime() }))
    .sort((a, b) => a.from - b.from)
}

/**
 * Reads the windows of a weekday as typed: "9-17", "09:00-12:00, 13:30-17". Empty: none. Null: not
 * readable, or they overlap.
 */
export function parseWindows(typed: string, weekday: number): StaffedTime[] | null {
  if (typed.trim() === '') return []
  const windows: StaffedTime[] = []
  for (const part of typed.split(/[,;]/)) {
    const [from, until, ...rest] = part.split(/[-–—]/).map((side) => readTime(side.trim()))
    if (!from || !until || rest.length > 0 || from >= until || from === MIDNIGHT) return null
    windows.push({ weekday, from, until })
  }
  windows.sort((a, b) => (a.from < b.from ? -1 : 1))
  const overlaps = windows.some((window, index) => {
    const before = windows[index - 1]
    return before !== undefined && before.until > window.from
  })
  return overlaps || windows.length > MOST_WINDOWS ? null : windows
}

/** "9" is 09:00; "24" ends a day. */
function readTime(typed: string): string | null {
  if (/^24(:00)?$/.test(typed)) return MIDNIGHT
  return parseTime(/^\d{1,2}$/.test(typed) ? `${typed}:00` : typed)
}

/** The windows of a weekday as they would be typed. */
export const windowsText = (times: readonly StaffedTime[], weekday: number): string =>
  times
    .filter((time) => time.weekday === weekday)
    .map(({ from, until }) => `${from}-${until}`)
    .join(', ')
