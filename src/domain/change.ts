import type { QuestionSet, Scale } from '../content/question-set.ts'
import { areShown, differenceOf, exactMilli, MEAN_PARTS, roundingOf, tallyOf } from './figures.ts'
import { shownRange, stepsOf } from './score.ts'
import {
  hedgesG,
  type Learnt,
  learn,
  noiseBandSteps,
  standardError,
  type Wave,
  type Waves,
} from './statistics.ts'
import type { Tally } from './tally.ts'
import type { UnitResult } from './unit.ts'

/** `roster`: cannot be told, because the people are not the same. */
export const CHANGES = ['higher', 'lower', 'none', 'roster'] as const
export type Change = (typeof CHANGES)[number]
/**
 * `against`: the number of earlier results that it was set beside; 0 with `roster`. `isAssumed`:
 * how far such results move by themselves is neither published nor learnt.
 */
export type Told = { change: Change; against: number; isAssumed: boolean }

/** Of each scale, by its id, what was learnt of its noise; one that is not in it: only assumed. */
export type Noise = ReadonlyMap<string, Learnt>

/**
 * Changes that one page may tell; each is held to its part of the page's one false alarm in twenty
 * (calibration.test.ts).
 */
export const MOST_STATEMENTS = 4

/** A size, to a tenth, and the interval in which it likely lies. */
type Sized = { size: number; low: number; high: number }
/**
 * How large a change was. `onRange`: on the range that the scale is shown on. `g`: in parts of how
 * far people differ (Hedges' g); null where only an assumption says how far.
 */
export type Effect = { onRange: Sized; g: Sized | null }

/** Of g: as coarse as a twentieth is on most ranges. */
const G_PARTS = 5

/**
 * Of two rounded means. `parts`: by how much they differ, in twentieths of the range. Ends of an
 * interval are as coarse as a mean: a finer one would count who answered. Rounding never takes one
 * across 0.
 */
export function effectOf(
  set: QuestionSet,
  scaleId: string,
  [first, last]: readonly [UnitResult, UnitResult],
  { parts, change, noise }: { parts: number; change: Change; noise: Noise },
): Effect | null {
  const scale = set.scales.find(({ id }) => id === scaleId)
  const [before, now] = [first, last].map((unit) => sideOf(unit, scaleId))
  if (!scale || !before || !now) return null
  const steps = stepsOf(set, scale)
  const waves = wavesOf(steps, [before], now)
  const known = [statementsOf(last), noise.get(scaleId)] as const
  const { from, to } = shownRange(set, scale)
  const span = to - from
  const half = (noiseBandSteps(scale.noise, waves, ...known) / steps) * span
  const size = (parts * span) / MEAN_PARTS
  /** `range` in so many parts. */
  const sized = (one: Sized, range: number, count: number): Sized => {
    const end = (value: number) => rounded((value * count) / range)
    const [low, high] = [end(one.low), end(one.high)]
    return {
      size: rounded(one.size * 10) / 10,
      low: ((change === 'higher' ? Math.max(1, low) : low) * range) / count,
      high: ((change === 'lower' ? Math.min(-1, high) : high) * range) / count,
    }
  }
  const inSds = () => {
    const { g, low, high } = hedgesG(scale.noise, (parts * steps) / MEAN_PARTS, waves, ...known)
    return sized({ size: g, low, high }, 1, G_PARTS)
  }
  return {
    onRange: sized({ size, low: size - half, high: size + half }, span, MEAN_PARTS),
    g: scale.noise.basis === 'published' ? inSds() : null,
  }
}

/** Halves away from 0, so that a fall is as large as a rise. */
const rounded = (value: number): number => Math.sign(value) * Math.round(Math.abs(value)) + 0

/** One scale of one unit that met its k. */
type Side = { unit: UnitResult; tally: Tally; members: number }

/**
 * Whether a scale moved: a unit beside the mean of the earlier ones that it may be compared with.
 * `earlier`: newest first, `MOST_EARLIER_UNITS` at most. Null: none of them showed the scale.
 */
export function changeOf(
  set: QuestionSet,
  scale: Scale,
  unit: UnitResult,
  earlier: readonly UnitResult[],
  noise: Noise,
): Told | null {
  const now = sideOf(unit, scale.id)
  const before = earlier.flatMap((one) => sideOf(one, scale.id) ?? [])
  if (!now || before.length === 0) return null
  const fitting = before.filter((side) => mayCompare(side, now))
  if (fitting.length === 0) return { change: 'roster', against: 0, isAssumed: false }
  const steps = stepsOf(set, scale)
  const band = noiseBandSteps(
    scale.noise,
    wavesOf(steps, fitting, now),
    statementsOf(unit),
    noise.get(scale.id),
  )
  const difference = differenceOf(
    fitting.map(({ tally }) => tally),
    now.tally,
  )
  const isTold = Math.abs(difference * steps) > Math.round(1000 * band)
  const change = isTold ? (difference > 0 ? 'higher' : 'lower') : 'none'
  const isAssumed = scale.noise.basis === 'assumed' && !noise.has(scale.id)
  return { change, against: fitting.length, isAssumed }
}

/**
 * Learns from the results of other groups how far a set's scales move where nothing is known to
 * have moved. `groups`: of each its units of these very questions, newest first; one that was
 * counted before check-ins were teaches nothing.
 */
export function learnNoise(
  set: QuestionSet,
  groups: readonly (readonly UnitResult[])[],
): Map<string, Learnt> {
  return new Map(
    set.scales.flatMap((scale) => {
      const learnt = learn(
        groups.map((units) =>
          units.slice(0, -1).flatMap((unit, index) => {
            const [now, before] = [unit, units[index + 1]].map(
              (one) => one && sideOf(one, scale.id),
            )
            return now &&
              before &&
              knowsCheckIns(now) &&
              knowsCheckIns(before) &&
              mayCompare(before, now)
              ? [inErrors(set, scale, before, now)]
              : []
          }),
        ),
      )
      return learnt ? [[scale.id, learnt] as const] : []
    }),
  )
}

const knowsCheckIns = ({ tally }: Side): boolean => tally.ballots !== undefined

/** The difference of two units, in standard errors: as it is, since no word is made of it. */
function inErrors(set: QuestionSet, scale: Scale, before: Side, now: Side): number {
  const steps = stepsOf(set, scale)
  const waves = { ...wavesOf(steps, [before], now), roundedTo: 0 }
  const difference = exactMilli(now.tally) - exactMilli(before.tally)
  return (difference * steps) / 1000 / standardError(scale.noise, waves)
}

function sideOf(unit: UnitResult, scaleId: string): Side | null {
  const tally = tallyOf(unit, scaleId)
  if (!unit.release || !tally || tally.answers < unit.k) return null
  return { unit, tally, members: unit.release.invited }
}

const statementsOf = ({ statements }: UnitResult): number => statements ?? MOST_STATEMENTS

function wavesOf(steps: number, earlier: readonly Side[], now: Side): Waves {
  const waveOf = ({ tally, members }: Side): Wave => ({
    answers: tally.answers,
    ballots: tally.ballots ?? tally.answers,
    members,
  })
  const all = [...earlier, now].map(({ tally }) => tally)
  return {
    now: waveOf(now),
    earlier: earlier.map(waveOf),
    rosterChanges: Math.max(...earlier.map((side) => changesBetween(side, now))),
    roundedTo: areShown(all) ? roundingOf(steps) : 0,
  }
}

const changesBetween = (before: Side, now: Side): number =>
  Math.abs(now.unit.rosterChanges - before.unit.rosterChanges)

/**
 * A unit whose own people were not the same from its beginning to its end is compared with nothing.
 * A join or a leave between two units can expose one person, so small groups are never compared
 * across it. With more than two changes the two rosters are different people and the noise band no
 * longer holds.
 */
function mayCompare(before: Side, now: Side): boolean {
  if (!before.unit.isSteady || !now.unit.isSteady) return false
  const changes = changesBetween(before, now)
  if (changes === 0) return true
  return changes <= 2 && Math.min(before.tally.answers, now.tally.answers) >= 8
}
