import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/cli/mood.ts'
import { loadContent } from '../../src/content/load.ts'
import type { QuestionSet } from '../../src/content/question-set.ts'
import { learnNoise, MOST_STATEMENTS, type Noise } from '../../src/domain/change.ts'
import { disclose } from '../../src/domain/disclosure.ts'
import { MOST_EARLIER_UNITS } from '../../src/domain/retention.ts'
import { stepsOf } from '../../src/domain/score.ts'
import { noiseBandSteps } from '../../src/domain/statistics.ts'
import type { UnitResult } from '../../src/domain/unit.ts'
import { type DrawnGroup, drawUnits } from './drawn-groups.ts'
import { waves } from './waves.ts'

/**
 * How often a summary says that something moved, in simulated groups of which the truth is known:
 * members differ (SD 1 step) and answer with a reliability of .6, as the sets' own assumptions say.
 * The real gate's figures are counted.
 */
const GROUPS = 4_000
const pulse = loadContent().questionSet('pulse', 2)
const ons = loadContent().questionSet('ons4', 1)
/** Two standard errors of the simulation itself. */
const within = (share: number, count: number) =>
  share + 2 * Math.sqrt((share * (1 - share)) / count)

/** So many results in which nothing moves, and one that lies this far from them. */
const after = (earlier: number, shift = 0): number[] => [...Array<number>(earlier).fill(0), shift]

const saysSo = (set: QuestionSet, units: readonly UnitResult[], noise?: Noise): boolean => {
  const [now, ...earlier] = units.toReversed()
  if (!now) throw new Error('no unit')
  const shown = disclose(set, now, earlier.slice(0, MOST_EARLIER_UNITS), noise)
  return (
    shown.kind === 'shown' &&
    shown.scales.some(({ change }) => change === 'higher' || change === 'lower')
  )
}

/** By looking whether the last two means lie half a step apart. */
const naivelySaysSo = (set: QuestionSet, units: readonly UnitResult[]): boolean => {
  const [before, now] = units.slice(-2).map(({ release }) => release?.tallies ?? [])
  return set.scales.some((scale, index) => {
    const [a, b] = [before?.[index], now?.[index]].map(
      (tally) => ((tally?.totalMilli ?? 0) / (tally?.answers ?? 1) / 1000) * stepsOf(set, scale),
    )
    return Math.abs((a ?? 0) - (b ?? 0)) >= 0.5
  })
}

/** The shares of summaries that say that something moved: by the gate, and naively. */
function moved(sets: readonly QuestionSet[], group: DrawnGroup): { gate: number; naive: number } {
  const random = seeded(4242)
  const statements = sets.reduce((sum, set) => sum + set.scales.length, 0)
  let [gate, naive] = [0, 0]
  for (let number = 0; number < GROUPS; number += 1) {
    const drawn = sets.map((set) => ({
      set,
      units: drawUnits(set, group, random).map((unit) => ({ ...unit, statements })),
    }))
    if (drawn.some(({ set, units }) => saysSo(set, units))) gate += 1
    if (drawn.some(({ set, units }) => naivelySaysSo(set, units))) naive += 1
  }
  return { gate: gate / GROUPS, naive: naive / GROUPS }
}

const percent = (share: number) => Math.round(share * 1000) / 10

describe('a summary of groups in which nothing moved', () => {
  it.each([
    ['one scale, 8 of 8', [pulse], { members: 8, answering: 8 }],
    ['one scale, 6 of 8', [pulse], { members: 8, answering: 6 }],
    ['one scale, 6 of 6', [pulse], { members: 6, answering: 6 }],
    ['one scale, 12 of 12', [pulse], { members: 12, answering: 12 }],
    ['one scale, 8 of 8, units of two', [pulse], { members: 8, answering: 8, checkIns: 2 }],
    ['one scale, 6 of 8, units of two', [pulse], { members: 8, answering: 6, checkIns: 2 }],
    ['one scale, a member replaced', [pulse], { members: 8, answering: 8, replaced: 1 }],
    ['four scales, 8 of 8', [ons], { members: 8, answering: 8 }],
    ['four scales, 7 of 10', [ons], { members: 10, answering: 7 }],
    ['two sets of one scale, 8 of 8', [pulse, pulse], { members: 8, answering: 8 }],
    ['three sets of one scale, 8 of 8', [pulse, pulse, pulse], { members: 8, answering: 8 }],
  ])('says that something did in at most one of twenty: %s', (name, sets, group) => {
    expect(sets.reduce((sum, set) => sum + set.scales.length, 0)).toBeLessThanOrEqual(
      MOST_STATEMENTS,
    )
    const cells = [1, 2, 4].map((earlier) => moved(sets, { ...group, shifts: after(earlier) }))
    const told = cells.map(({ gate, naive }) => `${percent(gate)} (${percent(naive)})`).join(', ')
    console.info(
      `calibration, nothing moved, ${name}, beside 1, 2 and 4 earlier: ${told} %; half a step as the rule in brackets`,
    )
    const mean = cells.reduce((sum, { gate }) => sum + gate, 0) / cells.length
    expect(mean).toBeLessThanOrEqual(within(0.05, cells.length * GROUPS))
    for (const { gate } of cells) {
      expect(gate).toBeLessThanOrEqual(within(0.05, GROUPS))
    }
    // One that looks at means as they are is wrong more often, but in groups that hardly vary.
    if (!('checkIns' in group) && group.answering < 11)
      for (const { gate, naive } of cells) expect(naive).toBeGreaterThan(gate)
  })

  it('would say so more often if each scale kept to one of twenty by itself (negative control)', () => {
    const random = seeded(4242)
    const band = (index: number) =>
      noiseBandSteps(
        ons.scales[index]?.noise ?? { sdSteps: 0, reliability: 0 },
        waves({ before: 8, now: 8, members: 8 }),
      )
    let alarms = 0
    for (let number = 0; number < GROUPS; number += 1) {
      const [before, now] = drawUnits(
        ons,
        { members: 8, answering: 8, shifts: after(1) },
        random,
      ).map(({ release }) => release?.tallies ?? [])
      const isBeyond = ons.scales.some((scale, index) => {
        const sum = (now?.[index]?.totalMilli ?? 0) - (before?.[index]?.totalMilli ?? 0)
        return Math.abs((sum / 8 / 1000) * stepsOf(ons, scale)) > band(index)
      })
      if (isBeyond) alarms += 1
    }
    expect(alarms / GROUPS).toBeGreaterThan(0.1)
  })
})

describe('a digest of ten groups in which nothing moved', () => {
  it.each([
    ['one scale', pulse, 0.45],
    ['four scales', ons, 0.35],
  ])('says somewhere that something did, of %s, no more often than so', (name, set, most) => {
    const random = seeded(4242)
    const digests = 500
    let alarms = 0
    for (let number = 0; number < digests; number += 1) {
      const groups = Array.from({ length: 10 }, () =>
        drawUnits(set, { members: 10, answering: 7, shifts: after(4) }, random),
      )
      if (groups.some((units) => saysSo(set, units))) alarms += 1
    }
    console.info(
      `calibration, a digest of ten groups, nothing moved, ${name}: ${percent(alarms / digests)} %`,
    )
    expect(alarms / digests).toBeLessThanOrEqual(most)
  })
})

describe('a summary of groups that moved', () => {
  it.each([
    [8, 8, 1, 1, 0.9],
    [6, 6, 1, 1, 0.8],
    [8, 6, 1, 1, 0.7],
    // From eleven answers the rounded means are compared.
    [12, 12, 1, 1, 0.9],
    [8, 8, 1, 0.75, 0.7],
    [8, 8, 2, 0.75, 0.9],
    [8, 8, 1, 0.5, 0.4],
  ])(
    'of %i members, %i answering, units of %i, by %f of a step, says so at least so often',
    (members, answering, checkIns, shift, least) => {
      const group = { members, answering, checkIns }
      const [{ gate, naive }, one] = [4, 1].map((earlier) =>
        moved([pulse], { ...group, shifts: after(earlier, shift) }),
      ) as [ReturnType<typeof moved>, ReturnType<typeof moved>]
      console.info(
        `calibration, ${answering} of ${members}, units of ${checkIns}, moved by ${shift}: ${percent(gate)} % beside four earlier, ${percent(one.gate)} % beside one, half a step as the rule ${percent(naive)} %`,
      )
      expect(gate).toBeGreaterThanOrEqual(least)
      expect(gate).toBeGreaterThan(one.gate)
    },
  )

  it('would say so less often of units of two as if they were of one (negative control)', () => {
    const random = seeded(4242)
    const group = { members: 8, answering: 8, checkIns: 2, shifts: after(1, 0.75) }
    let [told, asOne] = [0, 0]
    for (let number = 0; number < GROUPS; number += 1) {
      const units = drawUnits(pulse, group, random)
      const plain = units.map((unit) => ({
        ...unit,
        release: unit.release && {
          ...unit.release,
          tallies: unit.release.tallies.map(({ ballots, ...tally }) => tally),
        },
      }))
      if (saysSo(pulse, units)) told += 1
      if (saysSo(pulse, plain)) asOne += 1
    }
    expect(asOne).toBeLessThan(0.75 * told)
  })
})

/**
 * Other groups of the organisation, each with five results in which nothing moved, and what their
 * differences tell of how far such results move by themselves.
 */
describe('noise that is learnt from ten other groups', () => {
  const ORGANISATIONS = 200
  const IN_EACH = 20
  const told = (group: DrawnGroup, others = 10): number => {
    const random = seeded(4242)
    let says = 0
    for (let number = 0; number < ORGANISATIONS; number += 1) {
      const noise = learnNoise(
        pulse,
        Array.from({ length: others }, () =>
          drawUnits(pulse, { ...group, shifts: after(4) }, random)
            .toReversed()
            .slice(0, MOST_EARLIER_UNITS),
        ),
      )
      for (let one = 0; one < IN_EACH; one += 1)
        if (saysSo(pulse, drawUnits(pulse, group, random), noise)) says += 1
    }
    return says / ORGANISATIONS / IN_EACH
  }
  const quiet = { shifts: after(4) }
  it.each<[string, DrawnGroup]>([
    ['as assumed', { members: 8, answering: 8, ...quiet }],
    ['a common mood of the week, SD .3', { members: 8, answering: 8, moodSd: 0.3, ...quiet }],
    ['that mood, 12 of 12', { members: 12, answering: 12, moodSd: 0.3, ...quiet }],
    ['that mood, units of two', { members: 8, answering: 8, checkIns: 2, moodSd: 0.3, ...quiet }],
    ['reliability .3', { members: 8, answering: 8, reliability: 0.3, ...quiet }],
    ['SD 1.2', { members: 8, answering: 8, sdSteps: 1.2, ...quiet }],
    ['SD 1.2, 12 of 12', { members: 12, answering: 12, sdSteps: 1.2, ...quiet }],
  ])('keeps to one of twenty: %s', (name, group) => {
    const [learnt, assumed] = [told(group), told(group, 0)]
    console.info(
      `calibration, nothing moved, ${name}: learnt ${percent(learnt)} %, assumed ${percent(assumed)} %`,
    )
    expect(learnt).toBeLessThanOrEqual(within(0.05, ORGANISATIONS * IN_EACH))
  })

  it('tells half a step where people differ less than assumed, and a step as before where not', () => {
    const steady = { members: 8, answering: 8, sdSteps: 0.7, shifts: after(4, 0.5) }
    const usual = { members: 8, answering: 8, shifts: after(4, 1) }
    const [learnt, assumed] = [told(steady), told(steady, 0)]
    const step = told(usual)
    console.info(
      `calibration, SD .7, half a step: learnt ${percent(learnt)} %, assumed ${percent(assumed)} %; as assumed, a step: learnt ${percent(step)} %`,
    )
    expect(learnt).toBeGreaterThan(assumed)
    expect(step).toBeGreaterThanOrEqual(0.9)
  })

  it('would not keep to it by the assumption alone (negative control)', () => {
    expect(told({ members: 8, answering: 8, moodSd: 0.3, ...quiet }, 0)).toBeGreaterThan(0.1)
  })

  it('is nothing of fewer groups, and made-up groups move it so far and no further', () => {
    const random = seeded(7)
    const groups = (count: number, sdSteps: number, swing = 0) => {
      const shifts = [swing, -swing, swing, -swing]
      const group = { members: 8, answering: 8, sdSteps, shifts }
      return Array.from({ length: count }, () => drawUnits(pulse, group, random).toReversed())
    }
    expect(learnNoise(pulse, groups(9, 1)).size).toBe(0)
    expect(learnNoise(pulse, groups(10, 0)).get('climate')).toEqual({ factor: 0.7, pairs: 30 })
    expect(learnNoise(pulse, groups(10, 1, 1)).get('climate')?.factor).toBe(2.4)
  })
})
