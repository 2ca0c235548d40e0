import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { changeOf, learnNoise } from '../../src/domain/change.ts'
import { earlierBandOf } from '../../src/domain/figures.ts'
import { learn, noiseBandSteps, standardError } from '../../src/domain/statistics.ts'
import type { UnitResult } from '../../src/domain/unit.ts'

/** Each term of the error of a change by itself, and the results that it is told beside. */
const set = loadContent().questionSet('pulse', 2)
const [climate] = set.scales
if (!climate) throw new Error('no scale')

type Made = { answers?: number; ballots?: number; invited?: number; roster?: number }
/** A unit of the one scale. `milli`: its mean, in thousandths of the range. */
function made(milli: number, facts: Made & { isSteady?: boolean; k?: number } = {}): UnitResult {
  const { answers = 8, ballots = answers, invited = answers, roster = 0 } = facts
  const tally = { answers, ballots, totalMilli: milli * answers, low: 0, high: 0 }
  return {
    state: 'released',
    k: facts.k ?? 6,
    rosterChanges: roster,
    isSteady: facts.isSteady ?? true,
    statements: 1,
    release: { invited, answered: answers, tallies: [{ subject: 'scale:climate', ...tally }] },
  }
}
/** As a version before counted it. */
const withoutCheckIns = (unit: UnitResult): UnitResult => ({
  ...unit,
  release: unit.release && {
    ...unit.release,
    tallies: unit.release.tallies.map(({ ballots, ...tally }) => tally),
  },
})
const told = (now: UnitResult, earlier: UnitResult[], noise = new Map()) =>
  changeOf(set, climate, now, earlier, noise)

describe('the error of a difference', () => {
  const known = { sdSteps: 1, reliability: 0.6 }
  const wave = { answers: 8, ballots: 8, members: 8 }
  const base = { now: wave, earlier: [wave], rosterChanges: 0, roundedTo: 0 }
  const error = (change: Partial<typeof base>) => standardError(known, { ...base, ...change }) ** 2

  it('is that of measurement alone where all answered: .4 / 8, twice', () => {
    expect(error({})).toBeCloseTo(0.1, 10)
  })
  it('shrinks with the number of earlier ones, as the error of their mean does', () => {
    expect(error({ earlier: [wave, wave] })).toBeCloseTo(0.05 + 0.025, 10)
    expect(error({ earlier: [wave, wave, wave, wave] })).toBeCloseTo(0.05 + 0.0125, 10)
  })
  it('halves for who answered twice', () => {
    const twice = { ...wave, ballots: 16 }
    expect(error({ now: twice, earlier: [twice] })).toBeCloseTo(0.05, 10)
    // Four answered once and four twice: (4 + 2) / 64.
    expect(error({ now: { ...wave, ballots: 12 } })).toBeCloseTo((0.4 * 6) / 64 + 0.05, 10)
  })
  it('has a part for who did not answer, of each wave by its own roster', () => {
    const six = { answers: 6, ballots: 6, members: 8 }
    const part = 0.4 / 6 + 0.6 * (1 / 6 - 1 / 8)
    expect(error({ now: six })).toBeCloseTo(part + 0.05, 10)
    expect(error({ now: six, earlier: [six, six] })).toBeCloseTo(1.5 * part, 10)
  })
  it('has a part for each join and leave, by the smaller roster, and one for rounding', () => {
    const ten = { answers: 10, ballots: 10, members: 10 }
    expect(error({ rosterChanges: 2 })).toBeCloseTo(0.1 + (0.6 * 2) / 64, 10)
    expect(error({ now: ten, rosterChanges: 2 })).toBeCloseTo(0.04 + 0.05 + (0.6 * 2) / 64, 10)
    expect(error({ earlier: [ten], rosterChanges: 1 })).toBeCloseTo(0.05 + 0.04 + 0.6 / 64, 10)
    expect(error({ roundedTo: 0.2 })).toBeCloseTo(0.1 + (2 * 0.04) / 12, 10)
  })
  it('is as many times as large as was learnt, but for rounding; and surer the more taught it', () => {
    const waves = { ...base, roundedTo: 0.2 }
    const learnt = { factor: 2, pairs: 40 }
    expect(standardError(known, waves, learnt) ** 2).toBeCloseTo(4 * 0.1 + 0.08 / 12, 10)
    // Student's quantiles for 14.8 and 3,700 degrees of freedom, and the normal one.
    const z = (pairs: number) =>
      noiseBandSteps(known, base, 1, { factor: 1, pairs }) / Math.sqrt(0.1)
    expect(z(40)).toBeCloseTo(2.134, 3)
    expect(z(10_000)).toBeCloseTo(1.961, 3)
    expect(noiseBandSteps(known, base) / Math.sqrt(0.1)).toBeCloseTo(1.96, 3)
  })
})

describe('a result', () => {
  it('is set beside the mean of those before it, as many as there are', () => {
    const earlier = [made(500), made(520), made(480), made(500)]
    // The band is .62 of a step beside one, .49 beside four; a step is 250.
    expect(told(made(650), earlier.slice(0, 1))).toEqual({
      change: 'none',
      against: 1,
      isAssumed: true,
    })
    expect(told(made(650), earlier)).toEqual({ change: 'higher', against: 4, isAssumed: true })
    expect(told(made(350), earlier)).toMatchObject({ change: 'lower', against: 4 })
    expect(told(made(500), [made(400), made(600)])).toMatchObject({ change: 'none', against: 2 })
  })
  it('leaves out those of other people, and says so where nobody is left', () => {
    const other = made(100, { roster: 3 })
    expect(told(made(500), [other, made(500)])).toMatchObject({ change: 'none', against: 1 })
    expect(told(made(500), [made(100, { isSteady: false }), made(500)])).toMatchObject({
      against: 1,
    })
    expect(told(made(500), [other])).toEqual({ change: 'roster', against: 0, isAssumed: false })
    expect(told(made(500, { isSteady: false }), [made(500)])?.change).toBe('roster')
    expect(told(made(500), [])).toBeNull()
  })
  it('takes the most that any of them lies away from its people', () => {
    // Beside one since which two joined or left the band is wider by a fifteenth.
    const near = made(501, { roster: 0 })
    const far = made(499, { roster: 2 })
    const at = (milli: number, earlier: UnitResult[]) => told(made(milli), earlier)?.change
    const band = 1000 * 1.96 * Math.sqrt(0.05 + 0.025 + (0.6 * 2) / 64)
    const plain = 1000 * 1.96 * Math.sqrt(0.05 + 0.025)
    const between = 500 + Math.round((band + plain) / 2 / 4)
    expect(at(between, [near, far])).toBe('none')
    expect(at(between, [near, made(499)])).toBe('higher')
  })
  it('is rounded only where the figures of all of them are shown', () => {
    const twelve = (milli: number) => made(milli, { answers: 12 })
    // .5 and .62 round to .5 and .6, .1 apart: nothing. As they are .12 of the range is .48 of a step.
    const mixed = told(twelve(630), [twelve(500), made(500, { answers: 10 })])
    const rounded = told(twelve(620), [twelve(500), twelve(500)])
    expect([mixed?.change, rounded?.change]).toEqual(['higher', 'none'])
  })
  it('rests on an assumption unless its noise is published or learnt', () => {
    const earlier = [made(500)]
    const learnt = new Map([['climate', { factor: 1, pairs: 100 }]])
    const published = { ...climate, noise: { ...climate.noise, basis: 'published' as const } }
    expect(told(made(500), earlier, learnt)?.isAssumed).toBe(false)
    expect(told(made(500), earlier, new Map([['other', { factor: 1, pairs: 9 }]]))?.isAssumed).toBe(
      true,
    )
    expect(changeOf(set, published, made(500), earlier, new Map())?.isAssumed).toBe(false)
  })
})

describe('noise', () => {
  it('is learnt from the middle of ten groups’ differences, within bounds', () => {
    const groups = (count: number, ...own: number[]) => Array.from({ length: count }, () => own)
    expect(learn(groups(10, 0.5, -0.6745, 0.9))).toEqual({ factor: 1, pairs: 30 })
    expect(learn(groups(9, 1))).toBeNull()
    expect(learn([...groups(9, 1), []])).toBeNull()
    for (const least of [0, 0.01, 0.45])
      expect(learn(groups(10, least))).toEqual({ factor: 0.7, pairs: 10 })
    expect(learn(groups(10, 9))).toEqual({ factor: 2.4, pairs: 10 })
    // The nearest level by proportion: between 1 and 1.2 lies 1.095.
    expect([0.735, 0.742].map((one) => learn(groups(10, one))?.factor)).toEqual([1, 1.2])
  })
  it('tells one of eight levels of a group among nine that somebody made up to read it', () => {
    // Half of theirs below and half above: the middle is the other group’s own.
    const theirs = [0, 0, 0, 0, 9, 9, 9, 9].map((size) => [size])
    const found = Array.from({ length: 300 }, (_, index) => {
      const own = index / 100
      return learn([...theirs, [own], [own]])?.factor
    })
    expect(new Set(found).size).toBe(8)
  })
  it('takes a group’s neighbouring results, those of the same people, as they are and not rounded', () => {
    // .3 of a step apart, where an error is the root of .1: .95 of one, 1.41 times the usual.
    const own = [made(575), made(500), made(575), made(500)]
    const groups = Array.from({ length: 10 }, () => own)
    const found = learnNoise(set, groups).get('climate')
    expect(found?.pairs).toBe(30)
    expect(found?.factor).toBe(1.4)
    const parted = [
      made(625),
      made(500, { isSteady: false }),
      made(625),
      made(500, { roster: 9 }),
      made(500, { k: 9 }),
    ]
    expect(learnNoise(set, [...groups, parted]).get('climate')?.pairs).toBe(30)
    // .26 of a step and .26 of an error: 1.49 of the usual. Rounded it would be .2, 1.15.
    const twelve = [made(565, { answers: 12 }), made(500, { answers: 12 })]
    const ofTwelve = learnNoise(
      set,
      Array.from({ length: 10 }, () => twelve),
    ).get('climate')
    expect(ofTwelve?.factor).toBe(1.4)
    const before = groups.map((units) => units.map(withoutCheckIns))
    expect(learnNoise(set, before).size).toBe(0)
    expect(learnNoise(set, groups.slice(1)).size).toBe(0)
  })
})

it('a level has a word that the version before knows', () => {
  const known = (['low', 'high', 'middle', 'apart', 'mixed'] as const).map(earlierBandOf)
  expect(known).toEqual(['low', 'high', 'mixed', 'mixed', 'mixed'])
})
