import type { Content, QuestionSet } from '../content/load.ts'
import { type Disclosed, disclose } from '../domain/disclosure.ts'
import type { ResultRow } from '../store/result.ts'

/** A result through the gate, with the very questions that it was asked with. */
export type ShownResult = { set: QuestionSet; disclosed: Disclosed }

/** Shows a result beside the group's one before it, which is compared only when it asked the same questions. */
export function showResult(content: Content, row: ResultRow, before: ResultRow | undefined): ShownResult {
  const set = content.questionSet(row.questionSetId, row.questionSetVersion)
  const isSame = before?.questionSetId === row.questionSetId && before.questionSetVersion === row.questionSetVersion
  return { set, disclosed: disclose(set, row.result, isSame ? before.result : null) }
}
