import type { QuestionSet, Scale } from '../content/question-set.ts'
import { differenceOf, tallyOf } from './figures.ts'
import { stepsOf } from './score.ts'
import { type Effect, hedgesG, noiseBandSteps } from './statistics.ts'
import type { Tally } from './tally.ts'
import type { UnitResult } from './unit.ts'

/** `roster`: cannot be told, because the people are not the same. */
export const CHANGES = ['higher', 'lower', 'none', 'roster'] as const
export type Change = (typeof CHANGES)[number]

/**
 * To a tenth: more would be more than the rounded means carry. Rounding never takes an end of the
 * interval across 0.
 */
export function effectOf(
  set: QuestionSet,
  scaleId: string,
  units: readonly [UnitResult, UnitResult],
  { difference, change }: { difference: number; change: Change },
): Effect | null {
  const scale = set.scales.find(({ id }) => id === scaleId)
  const [before, now] = units.map((unit) => tallyOf(unit, scaleId)?.answers)
  if (!scale || before === undefined || now === undefined) return null
  const members = Math.max(...units.map(({ release }) => release?.invited ?? 0))
  const waves = { before, now, members }
  const { g, low, high } = hedgesG(
    scale.noise,
    difference * stepsOf(set, scale),
    waves,
    MOST_STATEMENTS,
  )
  const tenths = (value: number) => Math.round(value * 10) / 10 + 0
  return {
    g: tenths(g),
    low: change === 'higher' ? Math.max(0.1, tenths(low)) : tenths(low),
    high: change === 'lower' ? Math.min(-0.1, tenths(high)) : tenths(high),
  }
}

export function changeOf(
  set: QuestionSet,
  scale: Scale,
  unit: UnitResult,
  beforeUnit: UnitResult | null,
): Change | null {
  const now = tallyOf(unit, scale.id)
  const before = beforeUnit && tallyOf(beforeUnit, scale.id)
  const earlier = beforeUnit?.release
  if (!now || !earlier || !before || before.answers < beforeUnit.k) return null
  const isSameRoster = unit.rosterChanges === beforeUnit.rosterChanges
  if (!isSameRoster && !maySurviveRosterChange(unit, beforeUnit, before, now)) return 'roster'
  // Its own people were not the same from its beginning to its end: it is compared with nothing.
  if (!unit.isSteady || !beforeUnit.isSteady) return 'roster'
  const members = Math.max(unit.release?.invited ?? 0, earlier.invited)
  const band = noiseBandSteps(
    scale.noise,
    { before: before.answers, now: now.answers, members },
    MOST_STATEMENTS,
  )
  const milliSteps = differenceOf(before, now) * stepsOf(set, scale)
  if (Math.abs(milliSteps) <= Math.round(1000 * band)) return 'none'
  return milliSteps > 0 ? 'higher' : 'lower'
}

/**
 * A join or a leave between two units can expose one person, so small groups are never compared
 * across it. With more than two changes the two rosters are different people and the noise band no
 * longer holds.
 */
function maySurviveRosterChange(
  unit: UnitResult,
  before: UnitResult,
  earlier: Tally,
  now: Tally,
): boolean {
  const changes = Math.abs(unit.rosterChanges - before.rosterChanges)
  return changes <= 2 && Math.min(earlier.answers, now.answers) >= 8
}

/**
 * Changes that one page may tell; each is held to its part of the page's one false alarm in twenty
 * (calibration.test.ts).
 */
export const MOST_STATEMENTS = 4
