import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/cli/mood.ts'
import { loadContent } from '../../src/content/load.ts'
import type { QuestionSet } from '../../src/content/question-set.ts'
import { MOST_STATEMENTS } from '../../src/domain/change.ts'
import { disclose } from '../../src/domain/disclosure.ts'
import { noiseBandSteps } from '../../src/domain/statistics.ts'
import type { UnitResult } from '../../src/domain/unit.ts'

/**
 * How often a summary says that something moved, in simulated groups of which the truth is known:
 * members differ (SD 1 step) and answer with a reliability of .6, as the sets' own assumptions say.
 * The real gate's figures are counted.
 */
const GROUPS = 2_000
const pulse = loadContent().questionSet('pulse', 2)
const ons = loadContent().questionSet('ons4', 1)

/** A draw from the normal distribution (Box and Muller). */
const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

type Group = { members: number; answering: number; shift: number }

/** One group's two units, and the two plain means of each scale, in steps. */
function draw(set: QuestionSet, { members, answering, shift }: Group, random: () => number) {
  const waves: [UnitResult, UnitResult] = [blank(), blank()]
  const means: [number, number][] = []
  const who = [pick(members, answering, random), pick(members, answering, random)] as const
  for (const scale of set.scales) {
    const { sdSteps, reliability } = scale.noise
    const steps = set.id === 'ons4' ? 10 : 4
    const true_ = Array.from(
      { length: members },
      () => steps / 2 + normal(random) * sdSteps * Math.sqrt(reliability),
    )
    const wave = (index: 0 | 1) => {
      const scores = who[index].map((member) => {
        const at =
          (true_[member] ?? 0) +
          normal(random) * sdSteps * Math.sqrt(1 - reliability) +
          index * shift
        return Math.min(1, Math.max(0, at / steps))
      })
      const total = scores.reduce((sum, score) => sum + Math.round(score * 1000), 0)
      waves[index].release?.tallies.push({
        subject: `scale:${scale.id}`,
        answers: answering,
        totalMilli: total,
        low: 0,
        high: 0,
      })
      return (total / answering / 1000) * steps
    }
    means.push([wave(0), wave(1)])
  }
  function blank(): UnitResult {
    return {
      state: 'released',
      k: 6,
      rosterChanges: 0,
      isSteady: true,
      release: { invited: members, answered: answering, tallies: [] },
    }
  }
  return { waves, means }
}

function pick(members: number, count: number, random: () => number): number[] {
  const all = Array.from({ length: members }, (_, index) => ({ index, at: random() }))
  return all
    .toSorted((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ index }) => index)
}

/**
 * The share of summaries that say that something moved: by the gate, and by looking whether the
 * rounded means differ.
 */
function moved(sets: readonly QuestionSet[], group: Group): { gate: number; naive: number } {
  const random = seeded(4242)
  let gate = 0
  let naive = 0
  for (let number = 0; number < GROUPS; number += 1) {
    const drawn = sets.map((set) => ({ set, ...draw(set, group, random) }))
    const says = drawn.some(({ set, waves: [before, now] }) => {
      const shown = disclose(set, now, before)
      return (
        shown.kind === 'shown' &&
        shown.scales.some(({ change }) => change === 'higher' || change === 'lower')
      )
    })
    if (says) gate += 1
    if (drawn.some(({ means }) => means.some(([a, b]) => Math.abs(a - b) >= 0.5))) naive += 1
  }
  return { gate: gate / GROUPS, naive: naive / GROUPS }
}

const percent = (share: number) => Math.round(share * 1000) / 10

describe('a summary of groups in which nothing moved', () => {
  it.each([
    ['one scale, 8 of 8', [pulse], { members: 8, answering: 8 }],
    ['one scale, 6 of 8', [pulse], { members: 8, answering: 6 }],
    ['one scale, 12 of 12', [pulse], { members: 12, answering: 12 }],
    ['four scales, 8 of 8', [ons], { members: 8, answering: 8 }],
    ['four scales, 7 of 10', [ons], { members: 10, answering: 7 }],
    ['three sets of one scale, 8 of 8', [pulse, pulse, pulse], { members: 8, answering: 8 }],
  ])('says that something did in at most one of twenty: %s', (name, sets, group) => {
    expect(sets.reduce((sum, set) => sum + set.scales.length, 0)).toBeLessThanOrEqual(
      MOST_STATEMENTS,
    )
    const { gate, naive } = moved(sets, { ...group, shift: 0 })
    console.info(
      `calibration, nothing moved, ${name}: ${percent(gate)} %, half a step as the rule ${percent(naive)} %`,
    )
    // Two standard errors of the simulation itself.
    expect(gate).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / GROUPS))
    expect(naive).toBeGreaterThan(gate)
  })

  it('would say so more often if each scale kept to one of twenty by itself (negative control)', () => {
    const random = seeded(4242)
    let alarms = 0
    for (let number = 0; number < GROUPS; number += 1) {
      const { means } = draw(ons, { members: 8, answering: 8, shift: 0 }, random)
      const isBeyond = (index: number) => {
        const noise = ons.scales[index]?.noise ?? { sdSteps: 0, reliability: 0 }
        const [before = 0, now = 0] = means[index] ?? []
        return Math.abs(now - before) > noiseBandSteps(noise, { before: 8, now: 8, members: 8 }, 1)
      }
      if (means.some((_, index) => isBeyond(index))) alarms += 1
    }
    expect(alarms / GROUPS).toBeGreaterThan(0.1)
  })
})

describe('a digest of ten groups in which nothing moved', () => {
  it.each([
    ['one scale', pulse, 0.15],
    ['four scales', ons, 0.4],
  ])('says somewhere that something did, of %s, no more often than so', (name, set, most) => {
    const random = seeded(4242)
    const digests = 500
    let alarms = 0
    for (let number = 0; number < digests; number += 1) {
      const groups = Array.from({ length: 10 }, () =>
        draw(set, { members: 10, answering: 7, shift: 0 }, random),
      )
      const says = groups.some(({ waves: [before, now] }) => {
        const shown = disclose(set, now, before)
        return (
          shown.kind === 'shown' &&
          shown.scales.some(({ change }) => change === 'higher' || change === 'lower')
        )
      })
      if (says) alarms += 1
    }
    console.info(
      `calibration, a digest of ten groups, nothing moved, ${name}: ${percent(alarms / digests)} %`,
    )
    expect(alarms / digests).toBeLessThanOrEqual(most)
  })
})

describe('a summary of groups that moved', () => {
  it.each([
    [6, 6, 1, 0.45],
    [8, 8, 1, 0.5],
    [8, 6, 1, 0.3],
    // From eleven answers the rounded means are compared.
    [12, 12, 1, 0.75],
    [8, 8, 0.5, 0],
  ])(
    'of %i members, %i answering, by %f of a step, says so at least so often',
    (members, answering, shift, least) => {
      const { gate, naive } = moved([pulse], { members, answering, shift })
      console.info(
        `calibration, ${answering} of ${members} moved by ${shift}: ${percent(gate)} %, half a step as the rule ${percent(naive)} %`,
      )
      expect(gate).toBeGreaterThanOrEqual(least)
    },
  )
})
