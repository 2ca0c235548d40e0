import type { Content, QuestionSet } from '../content/load.ts'
import { type Disclosed, mayMembersSee } from '../domain/disclosure.ts'
import { plus } from '../domain/time.ts'
import { listResults, type ResultRow } from '../store/result.ts'
import { type Context, groupOf } from './command.ts'

/** A result as the gate decided it, with the very questions that it was asked with. */
export type ShownResult = {
  row: ResultRow
  set: QuestionSet
  disclosed: Disclosed
  /** Whether there are some before it, and none to set it beside was shown. */
  isAfterHidden: boolean
}

/**
 * Every result that a group has: they are kept for a year at most, in which it may publish 26
 * (RELEASE_BUDGET), and some are withheld.
 */
export const MOST_RESULTS = 60

/**
 * The group's results that this reader may see, newest first. `areMissing`: some asked questions
 * that are no longer here.
 */
export async function resultsOf(
  context: Context,
): Promise<{ results: ShownResult[]; areMissing: boolean }> {
  const { content, now, role } = context
  const rows = await listResults(context, [groupOf(context).id], {
    closedBefore: plus(now, 1),
    limit: MOST_RESULTS,
  })
  const visible = rows.filter(({ audience }) => role !== 'member' || mayMembersSee(audience))
  const results = showAll(content, visible)
  return { results, areMissing: results.length < visible.length }
}

/**
 * A group's results, newest first, each with the questions that it was asked with. Results of
 * questions that are no longer here are left out.
 */
export function showAll(content: Content, newestFirst: readonly ResultRow[]): ShownResult[] {
  const known = newestFirst.filter((row) =>
    content.hasQuestionSet(row.questionSetId, row.questionSetVersion),
  )
  return known.map((row) => ({
    row,
    set: content.questionSet(row.questionSetId, row.questionSetVersion),
    disclosed: row.disclosed,
    isAfterHidden: row.isAfterHidden,
  }))
}

/**
 * Whether an earlier result may be set beside a later one. A result for members is compared with
 * one that members saw, for every reader alike: a change against a result that is for staff alone
 * would tell of it.
 */
export const isComparable = (
  earlier: Pick<ResultRow, 'questionSetId' | 'audience'>,
  later: Pick<ResultRow, 'questionSetId' | 'audience'>,
): boolean =>
  earlier.questionSetId === later.questionSetId &&
  (mayMembersSee(earlier.audience) || !mayMembersSee(later.audience))

/**
 * The newest result of each set, the newest of all first. `newestFirst` as resultsOf gives them.
 */
export function newestOfEach(newestFirst: readonly ShownResult[]): ShownResult[] {
  return [...Map.groupBy(newestFirst, ({ set }) => set.id).values()].flatMap((own) =>
    own.slice(0, 1),
  )
}

/**
 * The result that can be posted to the group: the newest that members see and that shows something.
 */
export function postable(newestFirst: readonly ShownResult[]) {
  for (const { row, set, disclosed, isAfterHidden } of newestFirst)
    if (mayMembersSee(row.audience) && disclosed.kind === 'shown')
      return { at: row.sessionAt, set, disclosed, isAfterHidden }
  return null
}
