import { type QuestionSet, rangeOf, type Scale } from '../content/question-set.ts'

/**
 * One ballot's answers by question id, as values of the set's options. A question left out was
 * skipped.
 */
export type Answers = Readonly<Record<string, number>>

/**
 * One member's score of a scale on 0 to 1, where 1 is the top of its range; null with too few
 * answers. Reversed questions are turned round; a missing answer counts as the mean of the others
 * (the usual proration of sums).
 */
export function scoreOf(set: QuestionSet, scale: Scale, answers: Answers): number | null {
  const values = scale.questions.flatMap((id) => {
    const value = answers[id]
    if (value === undefined) return []
    const { from, to } = rangeOf(set, id)
    const unit = (value - from) / (to - from)
    return [scale.reversed.includes(id) ? 1 - unit : unit]
  })
  if (values.length < scale.leastAnswered) return null
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The range that a scale's score is shown on: of the sum of its questions, or of one of them. */
export function shownRange(set: QuestionSet, scale: Scale): { from: number; to: number } {
  const ranges = scale.questions.map((id) => rangeOf(set, id))
  const first = ranges[0] ?? { from: 0, to: 1 }
  if (scale.score === 'mean') return first
  return {
    from: ranges.reduce((sum, { from }) => sum + from, 0),
    to: ranges.reduce((sum, { to }) => sum + to, 0),
  }
}

/**
 * A mean, in twentieths on 0 to 1, on that range, to a tenth: the same figure wherever it is shown.
 */
export function meanOnRange(set: QuestionSet, scale: Scale, mean: number): number {
  const { from, to } = shownRange(set, scale)
  // In whole twentieths, so that .35 of 0 to 7 does not fall below its half.
  return Math.round(10 * from + (Math.round(mean * 20) * (to - from)) / 2) / 10
}

/** Steps of one question of the scale: what spread and noise band are told in. */
export function stepsOf(set: QuestionSet, scale: Scale): number {
  const { from, to } = rangeOf(set, scale.questions[0] ?? '')
  return to - from
}
