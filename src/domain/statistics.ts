/** Two-sided 95 % of the normal distribution. */
const Z_95 = 1.96

/** A scale's spread and reliability, in steps. Where none is published these are stated assumptions. */
export type Reliability = { sdSteps: number; reliability: number }

/**
 * How far two group means must lie apart, in steps, before the difference is more than noise. The first term is the
 * measurement error of the answers; the second is who happened to answer out of the same `members`:
 * 1.96 * sqrt( SD^2 (1-r) (1/m1 + 1/m2) + SD^2 r ((1/m1 - 1/N) + (1/m2 - 1/N)) ). Example: 6 and 6 of 8, SD 1, r .6: 0.84.
 */
export function noiseBandSteps(scale: Reliability, answersBefore: number, answersNow: number, members: number): number {
  const variance = scale.sdSteps ** 2
  const inverse = 1 / answersBefore + 1 / answersNow
  const measurement = variance * (1 - scale.reliability) * inverse
  const whoAnswered = variance * scale.reliability * Math.max(0, inverse - 2 / members)
  return Z_95 * Math.sqrt(measurement + whoAnswered)
}
