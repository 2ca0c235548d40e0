import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { answersNeeded, BANDS, disclose } from '../../src/domain/disclosure.ts'
import type { Answers } from '../../src/domain/score.ts'
import { noiseBandSteps } from '../../src/domain/statistics.ts'
import { countUnit } from '../../src/domain/tally.ts'
import { discloseTotal } from '../../src/domain/together.ts'
import type { UnitResult } from '../../src/domain/unit.ts'
import { waves } from './waves.ts'

const set = loadContent().questionSet('pulse', 1)
const alike = (value: number): Answers[] => [
  { belonging: value, voice: value, safety: value, useful: value },
]
const blank: Answers[] = [{}]
const unit = (ballots: Answers[][], k = 6, rosterChanges = 8): UnitResult => {
  const release = countUnit(set, ballots, k)
  return { state: release ? 'released' : 'withheld', k, rosterChanges, isSteady: true, release }
}
const shown = (result: UnitResult, before: UnitResult | null = null) => {
  const disclosed = disclose(set, result, before ? [before] : [])
  if (disclosed.kind !== 'shown') throw new Error(disclosed.kind)
  return disclosed
}
const members = (count: number, value: number) => Array.from({ length: count }, () => alike(value))

describe('counting a unit', () => {
  it('keeps nothing below k, not even how many there were', () => {
    expect(countUnit(set, [...members(5, 3), blank, blank, blank], 6)).toBeNull()
  })
  it('counts each member once, with the mean of their own check-ins', () => {
    const release = countUnit(set, [...members(5, 3), [...alike(1), ...alike(5)]], 6)
    expect(release?.tallies.find(({ subject }) => subject === 'scale:climate')).toEqual({
      subject: 'scale:climate',
      answers: 6,
      ballots: 7,
      totalMilli: 3000,
      low: 0,
      high: 0,
    })
  })
  it('leaves out a scale that fewer than k answered well enough', () => {
    const release = countUnit(set, [...members(5, 3), [{ belonging: 3 }]], 6)
    expect(release).toEqual({ invited: 6, answered: 6, tallies: [] })
    expect(
      disclose(set, { state: 'released', k: 6, rosterChanges: 0, isSteady: true, release }, []),
    ).toEqual({
      kind: 'tooFew',
    })
  })
  it('keeps nothing whose difference is one member: no question beside its scale', () => {
    const release = countUnit(set, [...members(6, 3), [{ belonging: 1 }]], 6)
    expect(release?.tallies.map(({ subject }) => subject)).toEqual(['scale:climate'])
    const other = countUnit(set, [...members(6, 3), [{ belonging: 5 }]], 6)
    expect(other).toEqual(release)
  })
  it('treats a ballot with everything skipped as a blank', () => {
    expect(countUnit(set, [...members(6, 4), blank], 6)).toMatchObject({ invited: 7, answered: 6 })
  })
})

describe('the gate', () => {
  it('shows nothing below k, and says so in the same words for none and for five', () => {
    expect(disclose(set, unit([...members(5, 3), blank]), [])).toEqual({ kind: 'tooFew' })
    expect(disclose(set, unit([blank, blank, blank, blank, blank, blank]), [])).toEqual({
      kind: 'tooFew',
    })
  })
  it('refuses a release that was stored below the frozen k', () => {
    const release = countUnit(set, members(5, 3), 5)
    expect(
      disclose(set, { state: 'released', k: 6, rosterChanges: 0, isSteady: true, release }, []),
    ).toEqual({
      kind: 'tooFew',
    })
  })
  it.each([
    [1, 'low'],
    [2, 'low'],
    [3, 'middle'],
    [4, 'high'],
    [5, 'high'],
  ])('from six to ten answers shows one band word: all %i is %s', (value, band) => {
    expect(shown(unit(members(10, value))).scales).toEqual([
      {
        scaleId: 'climate',
        band,
        mean: null,
        highTenths: null,
        change: null,
        against: 0,
        isAssumed: false,
        isOutside: false,
      },
    ])
  })
  it.each([
    [6, 6, 'most'],
    [6, 8, 'most'],
    [6, 9, 'half'],
    [6, 15, 'half'],
    [6, 16, 'fewer'],
  ])('says of %i of %i: %s', (answered, invited, expected) => {
    const ballots = [
      ...members(answered, 3),
      ...Array.from({ length: invited - answered }, () => blank),
    ]
    expect(shown(unit(ballots)).response).toBe(expected)
  })
  it('from eleven answers shows a mean to a twentieth, and a share when both sides have three', () => {
    expect(shown(unit([...members(8, 4), ...members(4, 2)])).scales[0]).toMatchObject({
      band: 'apart',
      mean: 0.6,
      highTenths: 7,
    })
    expect(shown(unit([...members(10, 4), ...members(2, 2)])).scales[0]?.highTenths).toBeNull()
  })
  it('never shows a figure at or beside an end', () => {
    expect(shown(unit(members(12, 5))).scales[0]).toEqual({
      scaleId: 'climate',
      band: 'high',
      mean: null,
      highTenths: null,
      change: null,
      against: 0,
      isAssumed: false,
      isOutside: true,
    })
    expect(shown(unit(members(12, 1))).scales[0]?.mean).toBeNull()
  })

  it('holds for any answers: no figure below eleven, none beside an end, no share with a small side', () => {
    const ballot = fc.option(
      fc.record({ belonging: step(), voice: step(), safety: step(), useful: step() }),
      {
        nil: {},
      },
    )
    fc.assert(
      fc.property(fc.array(ballot, { minLength: 6, maxLength: 30 }), (answers) => {
        const result = unit(answers.map((own) => [own]))
        const disclosed = disclose(set, result, [])
        if (disclosed.kind !== 'shown') return
        const tally = result.release?.tallies.find(({ subject }) => subject === 'scale:climate')
        for (const scale of disclosed.scales) {
          if ((tally?.answers ?? 0) < 11)
            expect([scale.mean, scale.highTenths]).toEqual([null, null])
          if (scale.mean !== null) expect(scale.mean > 0.07 && scale.mean < 0.93).toBe(true)
          if (scale.highTenths !== null)
            expect(scale.highTenths >= 1 && scale.highTenths <= 9).toBe(true)
        }
      }),
    )
  })
})

describe('several groups together', () => {
  const part = (ballots: Answers[][]) => disclose(set, unit(ballots), [])
  const groups = (parts: ReturnType<typeof part>[]) =>
    discloseTotal(set, parts)?.scales.map((scale) => scale.groups) ?? null

  it('say how many groups showed each band, and weigh nothing', () => {
    expect(groups([part(members(12, 5)), part(members(6, 1)), part(members(8, 1))])).toEqual([
      { low: 2, middle: 0, high: 1, apart: 0, mixed: 0 },
    ])
  })
  it('show nothing of one group, however large, nor of one beside others below k', () => {
    expect(groups([part(members(30, 4))])).toBeNull()
    expect(groups([part(members(8, 4)), part([...members(3, 1), blank, blank, blank])])).toBeNull()
  })
  it('are a function of what each showed: other answers behind the same bands change nothing', () => {
    const ballot = fc.record({ belonging: step(), voice: step(), safety: step(), useful: step() })
    const group = fc.array(ballot, { minLength: 6, maxLength: 10 })
    fc.assert(
      fc.property(fc.array(group, { minLength: 2, maxLength: 5 }), (answers) => {
        const parts = answers.map((own) => part(own.map((one) => [one])))
        const bands = parts.map((one) => (one.kind === 'shown' ? one.scales[0]?.band : null))
        const counted = (band: string) => bands.filter((one) => one === band).length
        expect(groups(parts)).toEqual([
          Object.fromEntries(BANDS.map((band) => [band, counted(band)])),
        ])
      }),
    )
  })
})

describe('answers that are needed', () => {
  it('are the most of what is built in, what the organisation asks and what the plan asks', () => {
    const usual = { leastShared: 6, leastStaff: 5 }
    expect(answersNeeded('shared', usual, null)).toBe(6)
    expect(answersNeeded('staff', usual, null)).toBe(5)
    expect(answersNeeded('shared', { leastShared: 8, leastStaff: 9 }, null)).toBe(8)
    expect(answersNeeded('staff', { leastShared: 8, leastStaff: 9 }, null)).toBe(9)
    expect(answersNeeded('shared', { leastShared: 8, leastStaff: 9 }, 10)).toBe(10)
    // Changing the row by hand lowers nothing.
    expect(answersNeeded('shared', { leastShared: 1, leastStaff: 1 }, 2)).toBe(6)
  })
})

describe('change between two units', () => {
  it('is said only beyond the noise band, and never for the first', () => {
    const before = unit(members(8, 3))
    expect(shown(unit(members(8, 3)), before).scales[0]?.change).toBe('none')
    expect(shown(unit(members(8, 4)), before).scales[0]?.change).toBe('higher')
    expect(shown(unit(members(8, 2)), before).scales[0]?.change).toBe('lower')
    expect(shown(unit(members(8, 4))).scales[0]?.change).toBeNull()
  })
  it('is not said across a change of the roster below eight answers, nor across many changes', () => {
    const before = unit(members(7, 3))
    expect(shown(unit(members(7, 5), 6, 9), before).scales[0]?.change).toBe('roster')
    expect(shown(unit(members(8, 5), 6, 10), unit(members(8, 3))).scales[0]?.change).toBe('higher')
    expect(shown(unit(members(8, 5), 6, 11), unit(members(8, 3))).scales[0]?.change).toBe('roster')
  })
  it('is not compared with a unit that was withheld', () => {
    expect(
      shown(unit(members(8, 5)), unit([...members(3, 1), blank, blank, blank])).scales[0]?.change,
    ).toBeNull()
  })
})

describe('the noise band', () => {
  it('is 0.84 steps for 6 and 6 of 8, as the design says, and 0.62 when all eight answered twice', () => {
    const assumed = { sdSteps: 1, reliability: 0.6 }
    expect(noiseBandSteps(assumed, waves({ before: 6, now: 6, members: 8 }))).toBeCloseTo(0.84, 2)
    expect(noiseBandSteps(assumed, waves({ before: 8, now: 8, members: 8 }))).toBeCloseTo(0.62, 2)
    // Normal quantiles for one, two and four statements: 1.960, 2.241, 2.498.
    expect(
      [1, 2, 4].map((count) =>
        noiseBandSteps(
          { sdSteps: 1, reliability: 0 },
          waves({ before: 2, now: 2, members: 2 }),
          count,
        ),
      ),
    ).toEqual([expect.closeTo(1.96, 3), expect.closeTo(2.241, 3), expect.closeTo(2.498, 3)])
  })
})

function step() {
  return fc.integer({ min: 1, max: 5 })
}
