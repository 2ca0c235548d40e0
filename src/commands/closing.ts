import { z } from 'zod'
import type { Keyring } from '../ballot/keyring.ts'
import { isOpenable, openText } from '../ballot/secret-text.ts'
import { programmeOf } from '../domain/summary.ts'
import { DAY_MS, plus } from '../domain/time.ts'
import { type DisclosedCourse, readCourse } from '../domain/together.ts'
import type { Reader, Tenant } from '../store/engine/transaction.ts'
import type { ResultRow } from '../store/result.ts'
import { listEnded } from '../store/session.ts'
import type { Closing } from '../views/closing.ts'
import { type Context, groupOf } from './command.ts'
import type { ShownResult } from './results.ts'

/** The name that a course is sealed under. */
export const courseName = (unitId: string): string => `course ${unitId}`

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
  const programme = await programmeNow(context, groupOf(context).id)
  if (!programme) return null
  const { startsAt, held, cancelled } = programme
  const isCutOff = plus(startsAt, (organisation.resultMonths - 1) * MONTH_DAYS * DAY_MS) < now
  return {
    held,
    cancelled,
    keptMonths: isCutOff ? organisation.resultMonths : null,
    courses: onPage.flatMap((newest) => courseIn(context, newest, results, startsAt) ?? []),
  }
}

/** A group's programme as it stands: its first session, and how many took place. Null: none did. */
export async function programmeNow(base: Tenant<Reader> & { now: Date }, groupId: string) {
  const window = { startsAt: plus(base.now, -MOST_DAYS * DAY_MS), endsAt: base.now }
  return programmeOf(await listEnded(base, [groupId], window))
}

/**
 * The two ends of what a set published in the programme, in the version that was asked last: as it
 * was decided when the last one was published.
 */
function courseIn(
  { ballotKeys }: Context,
  newest: ShownResult,
  results: readonly ShownResult[],
  since: Date,
): Closing['courses'][number] | null {
  const own = results.filter(({ row, set }) => set === newest.set && row.sessionAt >= since)
  const last = own.find(({ row }) => row.state === 'released')
  const kept = last && openCourse(ballotKeys.keyring, last.row)
  const first = kept && own.find(({ row }) => row.unitId === kept.from)
  if (!first) return null
  return {
    set: last.set,
    disclosed: kept.course,
    from: first.row.sessionAt,
    to: last.row.sessionAt,
    hidden: own.indexOf(last),
  }
}

/** A course as it was kept; null when there is none, or its secret was put away. */
function openCourse(
  keyring: Keyring,
  { unitId, course }: ResultRow,
): { from: string; course: DisclosedCourse } | null {
  if (!course || !isOpenable(keyring, course)) return null
  const kept = JSON.parse(openText(keyring, courseName(unitId), course)) as unknown
  return { from: z.object({ from: z.string() }).parse(kept).from, course: readCourse(kept) }
}
