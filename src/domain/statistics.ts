/// <reference path="./jstat.d.ts" />
import jStat from 'jstat'

/** Of all summaries in which nothing moved, at most this share may say that something did. */
const FALSE_ALARMS = 0.05

/**
 * A scale's spread and reliability, in steps. Where none is published these are stated assumptions.
 */
export type Reliability = { sdSteps: number; reliability: number }

/** Answers of two waves, and the members whom both were drawn from. */
export type Waves = { before: number; now: number; members: number }

/**
 * How far two group means must lie apart, in steps, before the difference is more than noise. The
 * first term is the measurement error of the answers; the second is who happened to answer out of
 * the same `members`: z * sqrt( SD^2 (1-r) (1/m1 + 1/m2) + SD^2 r ((1/m1 - 1/N) + (1/m2 - 1/N)) ).
 * Example: 6 and 6 of 8, SD 1, r .6: 0.84.
 *
 * `statements` are all changes that the same summary could tell: the more, the wider each band
 * (Bonferroni), so that the summary as a whole keeps to its share of false alarms. z is 1.96 for
 * one, 2.24 for two, 2.50 for four.
 */
export function noiseBandSteps(scale: Reliability, waves: Waves, statements = 1): number {
  return criticalZ(statements) * standardError(scale, waves)
}

/** Of the difference of two means, in steps: the square root in the formula above. */
function standardError(scale: Reliability, { before, now, members }: Waves): number {
  const variance = scale.sdSteps ** 2
  const inverse = 1 / before + 1 / now
  const measurement = variance * (1 - scale.reliability) * inverse
  const whoAnswered = variance * scale.reliability * Math.max(0, inverse - 2 / members)
  return Math.sqrt(measurement + whoAnswered)
}

const criticalZ = (statements: number): number =>
  jStat.normal.inv(1 - FALSE_ALARMS / (2 * statements), 0, 1)

/**
 * A standardised difference and the interval in which it likely lies; no unit, positive when the
 * later mean is higher.
 */
export type Effect = { g: number; low: number; high: number }

/**
 * Hedges' g of two waves of one group: J * difference / SD with J = 1 - 3 / (4 df - 1), df = n1 +
 * n2 - 2 (Hedges 1981, doi 10.3102/10769986006002107). SD is the scale's stated one, never the
 * answers' own, which is not kept; J corrects for an SD estimated from so few and is applied all
 * the same: it makes g smaller. The interval is that of the noise band, so that it leaves out 0
 * exactly where a change is told: it is about these people, not about other groups. `difference` in
 * steps, later minus earlier.
 */
export function hedgesG(
  scale: Reliability,
  difference: number,
  waves: Waves,
  statements = 1,
): Effect {
  const degrees = waves.before + waves.now - 2
  const perStep = (1 - 3 / (4 * degrees - 1)) / scale.sdSteps
  const g = difference * perStep
  const half = criticalZ(statements) * standardError(scale, waves) * perStep
  return { g, low: g - half, high: g + half }
}
