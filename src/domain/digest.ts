import { Temporal } from 'temporal-polyfill'
import { instantOf } from './time.ts'

/** When a supervisor's digest goes out: ISO weekday (1 = Monday) and local "08:00". */
export type DigestTime = { weekday: number; localTime: string; timeZone: string }

/** Monday morning, before the week's first group. */
export const DEFAULT_DIGEST: Omit<DigestTime, 'timeZone'> = { weekday: 1, localTime: '08:00' }

/** The next time it goes out, strictly after `after`. */
export function nextDigestAt(plan: DigestTime, after: Date): Date {
  const today = Temporal.Instant.fromEpochMilliseconds(after.getTime())
    .toZonedDateTimeISO(plan.timeZone)
    .toPlainDate()
  for (let days = 0; days <= 14; days += 1) {
    const date = today.add({ days })
    if (date.dayOfWeek !== plan.weekday) continue
    const at = instantOf(`${date}T${plan.localTime}`, plan.timeZone)
    if (at > after) return at
  }
  throw new Error('a weekday comes within two weeks')
}

/** Things that somebody should see to in a group, the most pressing first. */
export const ATTENTION = [
  'contactWaits',
  'nobodyThere',
  'flag',
  'contactLate',
  'nobodyForContact',
  'noBackup',
  'removals',
  'undelivered',
  'dropped',
  'cancelled',
] as const
export type Attention = (typeof ATTENTION)[number]

/**
 * Groups in the order in which they need attention, then by name: about what has to be done, never
 * who does better.
 */
export function byAttention<G extends { alias: string; attention: readonly Attention[] }>(
  groups: readonly G[],
): G[] {
  const first = ({ attention }: G) =>
    Math.min(ATTENTION.length, ...attention.map((one) => ATTENTION.indexOf(one)))
  return groups.toSorted((a, b) => first(a) - first(b) || a.alias.localeCompare(b.alias))
}

/**
 * After another day was chosen a digest may cover up to so many days: beyond, what was missed is
 * too old to act on.
 */
const MOST_DAYS = 14

/**
 * The window of a digest: the seven local days that end at its own time, or at a moment that
 * somebody asks at. Where another day was chosen meanwhile it begins where the one before ended
 * (null: there was none), so that nothing is told twice or never.
 */
export function digestWindow(
  { timeZone }: Pick<DigestTime, 'timeZone'>,
  dueAt: Date,
  earlierEnd: Date | null = null,
): { startsAt: Date; endsAt: Date } {
  const end = Temporal.Instant.fromEpochMilliseconds(dueAt.getTime()).toZonedDateTimeISO(timeZone)
  const week = end.subtract({ weeks: 1 }).epochMilliseconds
  const most = end.subtract({ days: MOST_DAYS }).epochMilliseconds
  return {
    startsAt: new Date(earlierEnd === null ? week : Math.max(most, earlierEnd.getTime())),
    endsAt: dueAt,
  }
}
