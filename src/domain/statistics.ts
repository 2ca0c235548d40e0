/// <reference path="./jstat.d.ts" />
import jStat from 'jstat'

/** Of all summaries in which nothing moved, at most this share may say that something did. */
const FALSE_ALARMS = 0.05

/**
 * A scale's spread and reliability, in steps. Where none is published these are stated assumptions.
 */
export type Reliability = { sdSteps: number; reliability: number }

/**
 * One wave: members who answered, their check-ins of it (one or two each) and all who were asked.
 */
export type Wave = { answers: number; ballots: number; members: number }
/**
 * A wave and the earlier ones whose mean it is set beside. `rosterChanges`: joins and leaves in
 * between. `roundedTo`: the step that each mean was rounded to, in steps of a question; 0: to none.
 */
export type Waves = {
  now: Wave
  earlier: readonly Wave[]
  rosterChanges: number
  roundedTo: number
}

/**
 * How far a wave's mean must lie from the mean of the J earlier ones, in steps, before the
 * difference is more than noise: z times the square root of
 *
 *     SD^2 ((1-r) E(e) + r (E(w) + c / N^2)) + u^2/12 E(1), where E(x) = x + sum x_j / J^2
 *
 * e is the measurement error of a wave, (m1 + m2/2) / m^2 with m1 members who answered once and m2
 * twice; w is who happened to answer, 1/m - 1/N; c counts joins and leaves in between; u is what
 * means were rounded to. Example: 6 and 6 of 8, SD 1, r .6, one statement: 0.84.
 *
 * `statements` are all changes that the same summary could tell: the more, the wider each band
 * (Bonferroni), so that the summary as a whole keeps to its share of false alarms. z is 1.96 for
 * one, 2.24 for two, 2.50 for four.
 */
export function noiseBandSteps(
  scale: Reliability,
  waves: Waves,
  statements = 1,
  learnt?: Learnt,
): number {
  return criticalValue(statements, learnt) * standardError(scale, waves, learnt)
}

/** Groups and no fewer: of fewer, the middle value is about one of them. */
const LEAST_GROUPS = 10
/**
 * The factors that may be learnt: few, so that one tells little of the groups that it was learnt
 * from, and bounded, so that groups made up to do so move what others are told no further.
 */
const LEVELS = [0.7, 0.85, 1, 1.2, 1.4, 1.7, 2, 2.4] as const
/** The middle of a normal distribution's absolute values. */
const NORMAL_MEDIAN = 0.6745
/**
 * A middle value knows a spread as well as so much of a sum of squares does (Rousseeuw and Croux
 * 1993, doi 10.1080/01621459.1993.10476408).
 */
const MEDIAN_EFFICIENCY = 0.37

/** How far results really move, in times of the assumption; `pairs` that it was learnt from. */
export type Learnt = { factor: number; pairs: number }

/**
 * Learns it from pairs of consecutive results of many groups. `groups`: of each group its
 * differences, each in times of its standard error. The middle of their sizes beside that of a
 * normal distribution, as the nearest of a few levels: real changes in a few groups hardly move it.
 * Null: too few groups have one.
 */
export function learn(groups: readonly (readonly number[])[]): Learnt | null {
  if (groups.filter((own) => own.length > 0).length < LEAST_GROUPS) return null
  const sizes = groups.flat().map(Math.abs)
  const found = jStat.median(sizes) / NORMAL_MEDIAN
  const distance = (level: number) => Math.abs(Math.log(level / found))
  const factor = LEVELS.reduce((best, level) => (distance(level) < distance(best) ? level : best))
  return { factor, pairs: sizes.length }
}

/** Of the difference, in steps: the square root in the formula above. */
export function standardError(scale: Reliability, waves: Waves, learnt?: Learnt): number {
  const { now, earlier, rosterChanges, roundedTo } = waves
  const count = earlier.length
  const over = (part: (wave: Wave) => number) =>
    part(now) + earlier.reduce((sum, wave) => sum + part(wave), 0) / count ** 2
  const measurement = over(({ answers, ballots }) => (3 * answers - ballots) / (2 * answers ** 2))
  const whoAnswered = over(({ answers, members }) => Math.max(0, 1 / answers - 1 / members))
  const members = Math.min(...[now, ...earlier].map((wave) => wave.members))
  const replaced = rosterChanges / members ** 2
  const rounding = (roundedTo ** 2 / 12) * over(() => 1)
  const { sdSteps, reliability: r } = scale
  const inSds = (1 - r) * measurement + r * (whoAnswered + replaced)
  const factor = learnt?.factor ?? 1
  return Math.sqrt((factor * sdSteps) ** 2 * inSds + rounding)
}

/**
 * In standard errors: of the normal distribution where the spread is taken as known, else
 * Student's, since it was learnt from few.
 */
function criticalValue(statements: number, learnt: Learnt | undefined): number {
  const quantile = 1 - FALSE_ALARMS / (2 * statements)
  return learnt === undefined
    ? jStat.normal.inv(quantile, 0, 1)
    : jStat.studentt.inv(quantile, MEDIAN_EFFICIENCY * learnt.pairs)
}

/**
 * A standardised difference and the interval in which it likely lies; no unit, positive when the
 * later mean is higher.
 */
type Standardised = { g: number; low: number; high: number }

/**
 * Hedges' g of a wave and an earlier one: J * difference / SD with J = 1 - 3 / (4 df - 1), df = n1
 * + n2 - 2 (Hedges 1981, doi 10.3102/10769986006002107). SD is the scale's stated one, never the
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
  learnt?: Learnt,
): Standardised {
  const before = waves.earlier.reduce((sum, { answers }) => sum + answers, 0)
  const degrees = before + waves.now.answers - 2
  const perStep = (1 - 3 / (4 * degrees - 1)) / scale.sdSteps
  const g = difference * perStep
  const half = criticalValue(statements, learnt) * standardError(scale, waves, learnt) * perStep
  return { g, low: g - half, high: g + half }
}
