import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import {
  disclose,
  discloseOutside,
  discloseWords,
  mayMembersSee,
  readDisclosed,
  storedOf,
} from '../../src/domain/disclosure.ts'
import { noiseBandSteps } from '../../src/domain/statistics.ts'
import { discloseTotal } from '../../src/domain/together.ts'
import type { UnitResult } from '../../src/domain/unit.ts'
import { waves } from './waves.ts'

/**
 * The very edge of each rule of the gate, with results as a store could hold them, fitting together
 * or not.
 */
const pulse = loadContent().questionSet('pulse', 1)
const [climate] = pulse.scales
if (!climate) throw new Error('no scale')
/** Two scales, of which the second knows no noise. */
const set = {
  ...pulse,
  scales: [climate, { ...climate, id: 'calm', noise: { ...climate.noise, sdSteps: 0 } }],
}

type Made = {
  k: number
  answered: number
  invited: number
  answers: number
  mean: number
  low: number
  high: number
  roster: number
  isSteady: boolean
  state: UnitResult['state']
}
/** A released unit; both scales alike unless `calm` is given. */
function made(facts: Partial<Made> = {}, calm: Partial<Made> | null = {}): UnitResult {
  const all = {
    k: 6,
    answered: 8,
    invited: 8,
    answers: 8,
    mean: 0.5,
    low: 0,
    high: 0,
    roster: 0,
    isSteady: true,
    state: 'released' as const,
    ...facts,
  }
  const tally = (subject: string, one: Made) => ({
    subject,
    answers: one.answers,
    totalMilli: Math.round(one.mean * one.answers * 1000),
    low: one.low,
    high: one.high,
  })
  const tallies = [
    tally('scale:climate', all),
    ...(calm ? [tally('scale:calm', { ...all, ...calm })] : []),
  ]
  const release = { invited: all.invited, answered: all.answered, tallies }
  const { state, k, roster: rosterChanges, isSteady } = all
  return { state, k, rosterChanges, isSteady, release }
}
const scalesOf = (unit: UnitResult, before: UnitResult | null = null) => {
  const disclosed = disclose(set, unit, before ? [before] : [])
  return disclosed.kind === 'shown' ? disclosed.scales : disclosed.kind
}
const first = (unit: UnitResult, before: UnitResult | null = null) => {
  const scales = scalesOf(unit, before)
  if (typeof scales === 'string') throw new Error(scales)
  return scales[0]
}

describe('who sees', () => {
  it('members see what is shared, and nothing of what is for staff', () => {
    expect([mayMembersSee('shared'), mayMembersSee('staff')]).toEqual([true, false])
  })
})

describe('k', () => {
  it('is asked of the unit and of each scale, whatever else is stored', () => {
    expect(scalesOf(made({ answered: 6, answers: 6 }))).toHaveLength(2)
    expect(scalesOf(made({ answered: 5, answers: 6 }))).toBe('tooFew')
    expect(scalesOf(made({ answers: 5 }))).toBe('tooFew')
    expect(scalesOf(made({}, { answers: 5 }))).toMatchObject([{ scaleId: 'climate' }])
    expect(scalesOf(made({}, null))).toMatchObject([{ scaleId: 'climate' }])
  })
  it('is never below five, whatever number is stored', () => {
    expect(scalesOf(made({ k: 1, answered: 4, answers: 4 }))).toBe('tooFew')
    expect(scalesOf(made({ k: 1, answered: 5, answers: 4 }))).toBe('tooFew')
    expect(scalesOf(made({ k: 1, answered: 5, answers: 5 }))).toHaveLength(2)
  })
  it('does not matter to a unit that was lost', () => {
    expect(disclose(set, made({ state: 'lost' }), [])).toEqual({ kind: 'lost' })
  })
})

describe('each scale', () => {
  it('has its own band', () => {
    expect(scalesOf(made({ mean: 0.2 }, { mean: 0.9 }))).toMatchObject([
      { band: 'low' },
      { band: 'high' },
    ])
  })
  it('is low up to .375 and high from .625, both included', () => {
    expect(first(made({ mean: 0.375 }))?.band).toBe('low')
    expect(first(made({ mean: 0.376 }))?.band).toBe('middle')
    expect(first(made({ mean: 0.625 }))?.band).toBe('high')
    expect(first(made({ mean: 0.624 }))?.band).toBe('middle')
  })
  it('is “far apart” from three low and three high on, wherever the mean lies; never of two', () => {
    const apart = (low: number, high: number, mean: number) =>
      first(made({ low, high, mean }))?.band
    for (const mean of [0.2, 0.5, 0.625, 0.9]) expect(apart(3, 3, mean)).toBe('apart')
    expect([apart(2, 6, 0.8), apart(6, 2, 0.2), apart(2, 2, 0.5)]).toEqual([
      'high',
      'low',
      'middle',
    ])
  })
  it('has a mean from eleven answers on, but not within one rounding step of an end', () => {
    const mean = (answers: number, at: number) =>
      first(made({ answered: answers, invited: 12, answers, mean: at }))?.mean
    expect(mean(10, 0.5)).toBeNull()
    expect(mean(11, 0.5)).toBeCloseTo(0.5)
    expect([mean(11, 0.05), mean(11, 0.95)]).toEqual([null, null])
    expect(mean(11, 0.1)).toBeCloseTo(0.1)
    expect(mean(11, 0.9)).toBeCloseTo(0.9)
  })
  it('has a share when both sides have three', () => {
    const tenths = (high: number) =>
      first(made({ answered: 11, invited: 12, answers: 11, high }))?.highTenths
    expect([2, 3, 8, 9].map(tenths)).toEqual([null, 3, 7, null])
  })
})

describe('a change', () => {
  it('is told of each scale by its own tally and its own noise', () => {
    // Half a step is noise for the first scale; the second knows none.
    const now = made({ mean: 0.625 })
    expect(scalesOf(now, made({ mean: 0.5 }))).toMatchObject([
      { change: 'none' },
      { change: 'higher' },
    ])
    expect(scalesOf(now, made({ mean: 0.5 }, { mean: 0.75 }))).toMatchObject([
      { change: 'none' },
      { change: 'lower' },
    ])
    expect(scalesOf(now, made({ mean: 0.5 }, null))).toMatchObject([
      { change: 'none' },
      { change: null },
    ])
  })
  it('is none when nothing moved and no noise is known', () => {
    expect(scalesOf(made(), made())).toMatchObject([{ change: 'none' }, { change: 'none' }])
  })
  it('is compared with a unit before that met its own k, and no other', () => {
    const change = (before: UnitResult) => first(made({ mean: 0.9 }), before)?.change
    expect(change(made({ answers: 6, k: 6, mean: 0.1 }))).toBe('higher')
    expect(change(made({ answers: 6, k: 7, mean: 0.1 }))).toBeNull()
    expect(change({ ...made(), release: null })).toBeNull()
  })
  it('is told of six people whose roster stayed, and not of seven and eight whose roster changed', () => {
    const six = { answered: 6, invited: 6, answers: 6 }
    expect(first(made(six), made(six))?.change).toBe('none')
    const seven = made({ answered: 7, answers: 7 })
    expect(first(made({ roster: 1, mean: 0.9 }), seven)?.change).toBe('roster')
    expect(first({ ...seven, rosterChanges: 1 }, made({ mean: 0.9 }))?.change).toBe('roster')
  })
  it('reckons with the larger roster: then fewer of those who might have answered did', () => {
    // One step: more than the noise of 6 of 6, less than that of 6 of 12.
    const six = { answered: 6, answers: 6, invited: 6 }
    expect(noiseBandSteps(climate.noise, waves({ before: 6, now: 6, members: 6 }), 4)).toBeCloseTo(
      0.912,
      3,
    )
    expect(noiseBandSteps(climate.noise, waves({ before: 6, now: 6, members: 12 }), 4)).toBeCloseTo(
      1.2065,
      3,
    )
    expect(first(made({ ...six, mean: 0.75 }), made({ ...six, mean: 0.5 }))?.change).toBe('higher')
    expect(
      first(made({ ...six, invited: 12, mean: 0.75 }), made({ ...six, mean: 0.5 }))?.change,
    ).toBe('none')
    expect(
      first(made({ ...six, mean: 0.75 }), made({ ...six, invited: 12, mean: 0.5 }))?.change,
    ).toBe('none')
  })
})

describe('what may leave the team', () => {
  const outside = (unit: UnitResult) => discloseOutside(set, disclose(set, unit, []))
  const shown = (unit: UnitResult) => outside(unit).scales.map((scale) => scale.shown)
  const eleven = { answered: 11, invited: 15, answers: 11 }
  it('is each scale that eleven answered, by its own tally, without share or change', () => {
    expect(outside(made({ ...eleven, mean: 0.7, high: 6 }, { mean: 0.2 }))).toEqual({
      scales: [
        { scaleId: 'climate', shown: { band: 'high', mean: expect.closeTo(0.7) } },
        { scaleId: 'calm', shown: { band: 'low', mean: expect.closeTo(0.2) } },
      ],
    })
    expect(shown(made({ ...eleven, mean: 0.98 }))[0]).toEqual({ band: 'high', mean: null })
  })
  it('is nothing of ten, of a unit whose own number is higher, or of one that is not released', () => {
    expect(shown(made({ ...eleven, answers: 10 }))).toEqual([null, null])
    expect(shown(made({ ...eleven, answered: 10 }))).toEqual([null, null])
    expect(shown(made({ ...eleven, k: 12 }))).toEqual([null, null])
    expect(shown(made({ ...eleven, k: 11 }))).not.toContain(null)
    expect(shown(made({ ...eleven, state: 'lost' }))).toEqual([null, null])
    expect(shown(made({ ...eleven }, null))[1]).toBeNull()
    expect(shown({ ...made(eleven), release: null })).toEqual([null, null])
  })
})

describe('a unit whose people were not the same from its beginning to its end', () => {
  const six = { answered: 6, invited: 6, answers: 6 }
  const moved = { ...six, mean: 0.9 }
  it('is compared with nothing, whichever of the two it is, and however many answered', () => {
    const twelve = { answered: 12, invited: 12, answers: 12 }
    for (const [one, other] of [
      [six, moved],
      [twelve, { ...twelve, mean: 0.9 }],
    ] as const) {
      expect(first(made(other), made(one))?.change).toBe('higher')
      expect(first(made({ ...other, isSteady: false }), made(one))?.change).toBe('roster')
      expect(first(made(other), made({ ...one, isSteady: false }))?.change).toBe('roster')
    }
  })
})

describe('what the store keeps', () => {
  it('is what was decided, read back as it was', () => {
    for (const unit of [
      made({ answered: 12, invited: 15, answers: 12, mean: 0.7, high: 8 }, { mean: 0.2 }),
      made({ answered: 6, invited: 8, answers: 6 }),
      made({ answered: 4, answers: 4 }),
      made({ low: 3, high: 3 }),
    ]) {
      const decided = disclose(set, unit, [])
      const stored: unknown = JSON.parse(JSON.stringify(storedOf(decided)))
      expect(readDisclosed('released', stored)).toEqual(decided)
    }
    expect(readDisclosed('withheld', null)).toEqual({ kind: 'tooFew' })
    expect(readDisclosed('lost', null)).toEqual({ kind: 'lost' })
  })
  it('has a level that the version before reads, and its own; what that version kept stays “mixed”', () => {
    const levelOf = (one: Partial<Made>) => {
      const stored = JSON.parse(JSON.stringify(storedOf(disclose(set, made(one), []))))
      const { band, level } = stored.scales[0]
      delete stored.scales[0].level
      const earlier = readDisclosed('released', stored)
      return [band, level, earlier.kind === 'shown' && earlier.scales[0]?.band]
    }
    expect(levelOf({ mean: 0.9, low: 3, high: 5 })).toEqual(['mixed', 'apart', 'mixed'])
    expect(levelOf({ mean: 0.5 })).toEqual(['mixed', 'middle', 'mixed'])
    expect(levelOf({ mean: 0.9 })).toEqual(['high', 'high', 'high'])
  })
  it('is refused when it is none of the gate’s', () => {
    expect(() => readDisclosed('released', { kind: 'shown' })).toThrow()
    expect(() => readDisclosed('released', { kind: 'all', scales: [] })).toThrow()
  })
})

describe('several groups and words, at the edge', () => {
  const part = (mean: number) =>
    disclose(set, made({ answered: 6, invited: 6, answers: 6, mean }), [])
  const hidden = disclose(set, made({ answered: 4, answers: 4 }), [])
  it('count bands, from two groups on that showed something', () => {
    expect(discloseTotal(set, [part(0.2), hidden])).toBeNull()
    expect(discloseTotal(set, [part(0.2), part(0.9), part(0.1), hidden])?.scales[0]).toEqual({
      scaleId: 'climate',
      groups: { low: 2, middle: 0, high: 1, apart: 0, mixed: 0 },
    })
    expect(discloseTotal(set, [part(0.5), part(0.5)])?.scales[0]?.groups.middle).toBe(2)
  })
  it('show words of a released unit, from ten writers on', () => {
    const ten = Array.from({ length: 10 }, () => 'line')
    expect(discloseWords('released', ten)).toEqual(ten)
    expect(discloseWords('released', ten.slice(1))).toBeNull()
    expect(discloseWords('withheld', ten)).toBeNull()
  })
})
