/// <reference path="./jstat.d.ts" />
import jStat from 'jstat'

/** Of all summaries in which nothing moved, at most this share may say that something did. */
const FALSE_ALARMS = 0.05

/** A scale's spread and reliability, in steps. Where none is published these are stated assumptions. */
export type Reliability = { sdSteps: number; reliability: number }

/**
 * How far two group means must lie apart, in steps, before the difference is more than noise. The first term is the
 * measurement error of the answers; the second is who happened to answer out of the same `members`:
 * z * sqrt( SD^2 (1-r) (1/m1 + 1/m2) + SD^2 r ((1/m1 - 1/N) + (1/m2 - 1/N)) ). Example: 6 and 6 of 8, SD 1, r .6: 0.84.
 *
 * `statements` are all changes that the same summary could tell: the more, the wider each band (Bonferroni), so that the summary as a
 * whole keeps to its share of false alarms. z is 1.96 for one, 2.24 for two, 2.50 for four.
 */
export function noiseBandSteps(
  scale: Reliability,
  answersBefore: number,
  answersNow: number,
  members: number,
  statements = 1,
): number {
  const variance = scale.sdSteps ** 2
  const inverse = 1 / answersBefore + 1 / answersNow
  const measurement = variance * (1 - scale.reliability) * inverse
  const whoAnswered = variance * scale.reliability * Math.max(0, inverse - 2 / members)
  return jStat.normal.inv(1 - FALSE_ALARMS / (2 * statements), 0, 1) * Math.sqrt(measurement + whoAnswered)
}
