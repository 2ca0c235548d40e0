import { Temporal } from 'temporal-polyfill'

/** A person's quiet hours: local times in their own zone, such as 22:00 to 07:00. */
export type QuietHours = { from: string; until: string; timeZone: string }

const LOCAL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** Quiet hours as they are kept; null: none, or none that can be read. */
export function readQuiet(
  from: string | null,
  until: string | null,
  timeZone: string,
): QuietHours | null {
  if (from === null || until === null) return null
  return LOCAL_TIME.test(from) && LOCAL_TIME.test(until) ? { from, until, timeZone } : null
}

/**
 * When a message due at `at` may go out: at once outside quiet hours, else when they end. Null
 * hours: at once.
 */
export function afterQuiet(at: Date, quiet: QuietHours | null): Date {
  if (!quiet || quiet.from === quiet.until) return at
  const zoned = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(
    quiet.timeZone,
  )
  const time = zoned.toPlainTime()
  const from = Temporal.PlainTime.from(quiet.from)
  const until = Temporal.PlainTime.from(quiet.until)
  const isAfterFrom = Temporal.PlainTime.compare(time, from) >= 0
  const isBeforeUntil = Temporal.PlainTime.compare(time, until) < 0
  const isOverNight = Temporal.PlainTime.compare(from, until) > 0
  if (!(isOverNight ? isAfterFrom || isBeforeUntil : isAfterFrom && isBeforeUntil)) return at
  const day =
    isOverNight && isAfterFrom ? zoned.toPlainDate().add({ days: 1 }) : zoned.toPlainDate()
  const end = day
    .toPlainDateTime(until)
    .toZonedDateTime(quiet.timeZone, { disambiguation: 'compatible' })
  return new Date(end.epochMilliseconds)
}
