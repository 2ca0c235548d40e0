import type { Temporal } from 'temporal-polyfill'
import { HOUR_MS, instantOf, localOf, plus } from './time.ts'

/** The local time of a day's reminder: nobody is woken by one. */
const AT = '09:00'
/** Sooner after the asking nobody is reminded: they have only just been told. */
const SOONEST_HOURS = 6

/**
 * The days on which an open request is reminded of: `day` 0 is the first, without a reminder, which
 * ends at the first nine o'clock that is six hours after the asking. `from`: when this day began.
 */
export type ReminderDay = { day: number; from: Date; nextAt: Date }

export function reminderDay(createdAt: Date, now: Date, timeZone: string): ReminderDay {
  const at = (date: Temporal.PlainDate) => instantOf(`${date}T${AT}`, timeZone)
  const soonest = plus(createdAt, SOONEST_HOURS * HOUR_MS)
  const sameDay = localOf(soonest, timeZone).toPlainDate()
  const first = at(sameDay) >= soonest ? sameDay : sameDay.add({ days: 1 })
  if (now < at(first)) return { day: 0, from: createdAt, nextAt: at(first) }
  const today = localOf(now, timeZone).toPlainDate()
  const last = at(today) <= now ? today : today.subtract({ days: 1 })
  return {
    day: first.until(last, { largestUnit: 'day' }).days + 1,
    from: at(last),
    nextAt: at(last.add({ days: 1 })),
  }
}
