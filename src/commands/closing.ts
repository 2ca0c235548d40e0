import { discloseCourse } from '../domain/disclosure.ts'
import { programmeOf } from '../domain/summary.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { listEnded } from '../store/session.ts'
import type { Closing } from '../views/closing.ts'
import { type Context, groupOf } from './command.ts'
import { isComparable, type ShownResult } from './results.ts'

/** Sessions are kept for a year at most. */
const MOST_DAYS = 400
/** A month, for saying that what is older than so many is deleted. */
const MONTH_DAYS = 30

/**
 * A programme that is over, as a whole: its sessions, and of each set that the page shows (so that
 * it tells of four changes at most) the first result beside the last. `results`: all that this
 * reader may see, newest first. Null: no session took place.
 */
export async function closingOf(
  context: Context,
  results: readonly ShownResult[],
  onPage: readonly ShownResult[],
): Promise<Closing | null> {
  const { now, organisation } = context
  const window = { startsAt: plus(now, -MOST_DAYS * DAY_MS), endsAt: now }
  const programme = programmeOf(await listEnded(context, [groupOf(context).id], window))
  if (!programme) return null
  const { startsAt, held, cancelled } = programme
  const isCutOff = plus(startsAt, (organisation.resultMonths - 1) * MONTH_DAYS * DAY_MS) < now
  return {
    held,
    cancelled,
    keptMonths: isCutOff ? organisation.resultMonths : null,
    courses: onPage.flatMap((newest) => courseOf(newest, results, startsAt) ?? []),
  }
}

/** The two ends of what a set published in the programme, in the version that was asked last. */
function courseOf(
  newest: ShownResult,
  results: readonly ShownResult[],
  since: Date,
): Closing['courses'][number] | null {
  const own = results.filter(({ row, set }) => set === newest.set && row.sessionAt >= since)
  const published = own.filter(({ row }) => row.result.state === 'released')
  const last = published[0]
  const first =
    last && published.findLast(({ row }) => row !== last.row && isComparable(row, last.row))
  const disclosed = last && first && discloseCourse(last.set, first.row.result, last.row.result)
  return disclosed
    ? {
        set: last.set,
        disclosed,
        from: first.row.sessionAt,
        to: last.row.sessionAt,
        hidden: own.indexOf(last),
      }
    : null
}
