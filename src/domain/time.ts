import { Temporal } from 'temporal-polyfill'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

export const plus = (instant: Date, ms: number): Date => new Date(instant.getTime() + ms)

/**
 * Whether Intl and Temporal know the IANA zone. Offsets such as "+02:00" are refused: they do not
 * follow the clocks.
 */
export function isTimeZone(name: string): boolean {
  if (knownZones.has(name)) return true
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name)) return false
  try {
    Temporal.Now.zonedDateTimeISO(name)
    knownZones.add(name)
    return true
  } catch {
    return false
  }
}

/** Zones that were asked for and are known: as many as the runtime has, at most. */
const knownZones = new Set<string>()

/**
 * A local wall time in a zone as an instant. A time that the clocks skip moves forward by the gap;
 * one that happens twice is the earlier (Temporal's "compatible", as RFC 5545 says).
 */
export function instantOf(localTime: string, timeZone: string): Date {
  const zoned = Temporal.PlainDateTime.from(localTime).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  })
  return new Date(zoned.epochMilliseconds)
}

/** The instant at which a local date ends. */
export const endOfDate = (date: string, timeZone: string): Date =>
  instantOf(`${Temporal.PlainDate.from(date).add({ days: 1 })}T00:00`, timeZone)

/** The local date and time of an instant in a zone. */
export function localOf(instant: Date, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
}

/**
 * So many minutes before an instant. Whole days, from two on, are days on the wall: "1 week before
 * 17:30" is 17:30, also where the clocks change between. Hours are hours.
 */
export function leadBefore(instant: Date, minutes: number, timeZone: string): Date {
  const days = (minutes * MINUTE_MS) / DAY_MS
  if (!Number.isInteger(days) || days < 2) return plus(instant, -minutes * MINUTE_MS)
  return instantOf(localOf(instant, timeZone).subtract({ days }).toString(), timeZone)
}

/**
 * The place a zone is named after: "Europe/Berlin" is Berlin, "America/Argentina/Buenos_Aires" is
 * Buenos Aires.
 */
export function cityOf(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
}

/** "Tuesday 3 March, 17:30" in the language and the zone; the year when it is not that of `now`. */
export function formatDateTime(
  instant: Date,
  timeZone: string,
  language: string,
  now: Date,
): string {
  return `${formatDate(instant, timeZone, language, now)}, ${formatTime(instant, timeZone, language)}`
}

const formats = new Map<string, Intl.DateTimeFormat>()
/** Languages times zones times shapes; far more than an organisation has. */
const MOST_FORMATS = 1_000

/**
 * Making a format takes Intl a millisecond and memory that is freed late, and each message needs
 * some: made once.
 */
function formatOf(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${Object.values(options).join(' ')} ${Object.keys(options).join(' ')}`
  const known = formats.get(key)
  if (known) return known
  const format = new Intl.DateTimeFormat(language, options)
  if (formats.size < MOST_FORMATS) formats.set(key, format)
  return format
}

export function formatDate(instant: Date, timeZone: string, language: string, now: Date): string {
  const year = formatOf('en', { timeZone, year: 'numeric' })
  const isThisYear = year.format(instant) === year.format(now)
  return formatOf(language, {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(instant)
}

/** "3 Mar": for where there is little room. */
export function formatDay(instant: Date, timeZone: string, language: string): string {
  return formatOf(language, { timeZone, day: 'numeric', month: 'short' }).format(instant)
}

function formatTime(instant: Date, timeZone: string, language: string): string {
  return formatOf(language, { timeZone, hour: '2-digit', minute: '2-digit' }).format(instant)
}

/** The ISO weekday of a local date, 1 = Monday. */
export const weekdayOf = (date: string): number => Temporal.PlainDate.from(date).dayOfWeek

/** The day of the month of a local date. */
export const dayOfMonth = (date: string): number => Temporal.PlainDate.from(date).day

/** The name of an ISO weekday (1 = Monday) in the language. */
export function weekdayName(isoWeekday: number, language: string): string {
  // 5 January 2026 was a Monday.
  const day = new Date(Date.UTC(2026, 0, 4 + isoWeekday))
  return formatOf(language, { weekday: 'long', timeZone: 'UTC' }).format(day)
}

/** The full hour that an instant lies in, for times that must not tell too much. */
export const hourOf = (instant: Date): Date =>
  new Date(Math.floor(instant.getTime() / HOUR_MS) * HOUR_MS)

/** The day that an instant lies in, in UTC. */
export const dayOf = (instant: Date): Date =>
  new Date(Math.floor(instant.getTime() / DAY_MS) * DAY_MS)
