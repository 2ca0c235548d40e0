import { discloseCourse, mayMembersSee } from '../domain/disclosure.ts'
import { plus } from '../domain/time.ts'
import { listResults, type ResultRow } from '../store/result.ts'
import { findProgramme } from '../store/session.ts'
import type { Closing } from '../views/closing.ts'
import { type Context, groupOf } from './command.ts'

/** A programme has at most two years of weeks; what publishes in them fits the budget. */
const MOST_RESULTS = 60

/**
 * A programme that is over, as a whole: sessions, and the first result beside the last of each set that the page shows (what it may
 * tell of changes is counted by them). Null while it has a session ahead.
 */
export async function closingOf(
  context: Context,
  hasNext: boolean,
  setIds: ReadonlySet<string>,
): Promise<Closing | null> {
  const { tx, actor, now, role } = context
  const { id } = groupOf(context)
  const programme = hasNext ? null : await findProgramme(tx, actor.organisationId, id, now)
  if (!programme) return null
  const rows = await listResults(tx, actor.organisationId, [id], plus(now, 1), MOST_RESULTS)
  const own = rows.filter(
    ({ sessionAt, audience, questionSetId }) =>
      sessionAt >= programme.startsAt && setIds.has(questionSetId) && (role !== 'member' || mayMembersSee(audience)),
  )
  // Only answers to the very same questions are set side by side.
  const sets = Map.groupBy(own, ({ questionSetId, questionSetVersion }) => `${questionSetId} ${questionSetVersion}`)
  return {
    held: programme.held,
    cancelled: programme.cancelled,
    courses: [...sets.values()].flatMap((ofSet) => courseOf(context, ofSet) ?? []),
  }
}

/** The ends of a set's results that published something. `newestFirst` are all of one version. */
function courseOf({ content }: Context, newestFirst: readonly ResultRow[]): Closing['courses'][number] | null {
  const published = newestFirst.filter(({ result }) => result.state === 'released')
  const [last, first] = [published[0], published.at(-1)]
  if (!first || !last || first === last) return null
  const set = content.questionSet(last.questionSetId, last.questionSetVersion)
  const disclosed = discloseCourse(set, first.result, last.result)
  return disclosed && { set, disclosed, from: first.sessionAt, to: last.sessionAt }
}
