import type { QuestionSet, Scale } from '../content/question-set.ts'
import { type Answers, scoreOf } from './score.ts'

/**
 * The sums of one scale: how many members answered it, in how many check-ins together (left out:
 * one each), the sum of their means (0 to 1, thousandths), and how many of those means lie in the
 * low and in the high band.
 */
export type Tally = {
  subject: string
  answers: number
  ballots?: number | undefined
  totalMilli: number
  low: number
  high: number
}

/** A unit's release: members invited, members with any answer, and the tallies that met k. */
export type Release = { invited: number; answered: number; tallies: Tally[] }

/** Bands of a mean, in thousandths of the range (privacy design, section 2). */
export const LOW_BAND_UP_TO = 375
export const HIGH_BAND_FROM = 625

/**
 * Counts a unit. `ballots` holds, per member, the answers of each check-in that they answered; each
 * member counts once per subject, with the mean of their own values. Null when fewer than k members
 * answered: nothing of it may be kept.
 */
export function countUnit(
  set: QuestionSet,
  ballots: readonly (readonly Answers[])[],
  k: number,
): Release | null {
  const answered = ballots.filter((own) => own.some((answers) => Object.keys(answers).length > 0))
  if (answered.length < k) return null
  // Scales only: a question's sum beside its scale's would give away the one member who is in the
  // first and not in the second.
  const tallies = set.scales
    .map((scale) =>
      tallyOf(
        `scale:${scale.id}`,
        answered.map((own) => scoresOf(set, scale, own)).filter((scores) => scores.length > 0),
      ),
    )
    .filter((tally) => tally.answers >= k)
  return { invited: ballots.length, answered: answered.length, tallies }
}

/** `members`: the scores of each, one or more. */
function tallyOf(subject: string, members: readonly (readonly number[])[]): Tally {
  const millis = members.map((own) => milliOf(own.reduce((sum, one) => sum + one, 0) / own.length))
  return {
    subject,
    answers: millis.length,
    ballots: members.flat().length,
    totalMilli: millis.reduce((sum, milli) => sum + milli, 0),
    low: millis.filter((milli) => milli <= LOW_BAND_UP_TO).length,
    high: millis.filter((milli) => milli >= HIGH_BAND_FROM).length,
  }
}

/**
 * A mean on 0 to 1 in thousandths, halves upwards. It is cut to billionths first: what the order of
 * a sum leaves in a float's last bits must not decide on which side of a half it falls.
 */
const milliOf = (mean: number): number => Math.round(Math.round(mean * 1e9) / 1e6)

/** A member's scores, of each check-in in which they answered enough of the scale. */
function scoresOf(set: QuestionSet, scale: Scale, own: readonly Answers[]): number[] {
  return own.map((answers) => scoreOf(set, scale, answers)).filter((score) => score !== null)
}
