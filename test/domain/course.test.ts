import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { hedgesG, noiseBandSteps } from '../../src/domain/statistics.ts'
import { discloseCourse, readCourse, storedCourseOf } from '../../src/domain/together.ts'
import type { UnitResult } from '../../src/domain/unit.ts'
import { waves } from './waves.ts'

const pulse = loadContent().questionSet('pulse', 2)
const [climate] = pulse.scales
if (!climate) throw new Error('no scale')

const answers = fc.integer({ min: 2, max: 30 })
const scales = fc.record({
  sdSteps: fc.double({ min: 0.2, max: 4, noNaN: true }),
  reliability: fc.constant(0.6),
})
const differences = fc.double({ min: -4, max: 4, noNaN: true })

describe('Hedges’ g', () => {
  it('is Hedges’ own figure: 8 and 8, one SD apart, is J = .945', () => {
    expect(
      hedgesG({ sdSteps: 1, reliability: 0.6 }, 1, waves({ before: 8, now: 8, members: 8 })).g,
    ).toBeCloseTo(0.9455, 4)
    expect(
      hedgesG({ sdSteps: 2, reliability: 0.6 }, 1, waves({ before: 5, now: 5, members: 8 })).g,
    ).toBeCloseTo(0.9032 / 2, 4)
  })

  it('turns round with the waves, lies in its interval, and is never larger than the plain difference in SDs', () => {
    fc.assert(
      fc.property(scales, differences, answers, answers, (scale, difference, before, now) => {
        const members = Math.max(before, now)
        const effect = hedgesG(scale, difference, waves({ before, now, members }), 4)
        const back = hedgesG(
          scale,
          -difference,
          waves({ before: now, now: before, members: members }),
          4,
        )
        expect(back.g).toBeCloseTo(-effect.g, 10)
        expect(back.low).toBeCloseTo(-effect.high, 10)
        expect(effect.low).toBeLessThanOrEqual(effect.g)
        expect(effect.high).toBeGreaterThanOrEqual(effect.g)
        expect(Math.abs(effect.g)).toBeLessThanOrEqual(Math.abs(difference / scale.sdSteps))
      }),
    )
  })

  it('has an interval that leaves out 0 exactly where the noise band tells a change', () => {
    fc.assert(
      fc.property(scales, differences, answers, answers, (scale, difference, before, now) => {
        const members = Math.max(before, now)
        const { low, high } = hedgesG(scale, difference, waves({ before, now, members }), 4)
        const isTold =
          Math.abs(difference) > noiseBandSteps(scale, waves({ before, now, members }), 4)
        expect(low > 0 || high < 0).toBe(isTold)
      }),
    )
  })

  it('is less sure the fewer answered', () => {
    const width = (count: number) => {
      const { low, high } = hedgesG(
        climate.noise,
        1,
        waves({ before: count, now: count, members: 12 }),
      )
      return high - low
    }
    expect([11, 10, 8, 6].map((count) => width(count) > width(12))).not.toContain(false)
  })
})

type Made = {
  answers?: number
  mean: number
  roster?: number
  state?: UnitResult['state']
  invited?: number
  low?: number
  high?: number
}
function made({
  answers: count = 8,
  mean,
  roster = 0,
  state = 'released',
  invited = count,
  low = 0,
  high = 0,
}: Made): UnitResult {
  const tally = {
    subject: 'scale:climate',
    answers: count,
    totalMilli: Math.round(mean * count * 1000),
    low,
    high,
  }
  const release = state === 'released' ? { invited, answered: count, tallies: [tally] } : null
  return { state, k: 6, rosterChanges: roster, isSteady: true, release }
}
/** On the scale’s own range, from 1 to 5. */
const size = (value: number, low: number, high: number) => ({
  onRange: { size: value, low, high },
  g: null,
})
const courseOf = (first: Made, last: Made) =>
  discloseCourse(pulse, made(first), made(last))?.scales[0]

describe('what may be shown of a programme as a whole', () => {
  it('is the band of both ends and whether they differ by more than chance', () => {
    expect(courseOf({ mean: 0.2 }, { mean: 0.8 })).toEqual({
      scaleId: 'climate',
      first: 'low',
      last: 'high',
      change: 'higher',
      isAssumed: true,
      effect: null,
    })
    expect(courseOf({ mean: 0.5 }, { mean: 0.55 })?.change).toBe('none')
  })

  it('tells of ends that lie far apart, and is kept in words that the version before reads', () => {
    const split = { mean: 0.6, low: 3, high: 5 }
    const course = discloseCourse(pulse, made(split), made({ mean: 0.5 }))
    expect(course?.scales[0]).toMatchObject({ first: 'apart', last: 'middle' })
    const stored = course && JSON.parse(JSON.stringify(storedCourseOf(course)))
    expect(readCourse(stored)).toEqual(course)
    expect(stored.scales[0]).toMatchObject({ first: 'mixed', last: 'mixed' })
    delete stored.scales[0].levels
    expect(readCourse(stored).scales[0]).toMatchObject({ first: 'mixed', last: 'mixed' })
  })

  it('has no size below eleven answers on either side, near an end, or where the people changed', () => {
    const eleven = (mean: number) => ({ answers: 11, mean })
    expect(courseOf(eleven(0.3), eleven(0.7))?.effect).toEqual(size(1.6, 0.8, 2.4))
    expect(courseOf({ answers: 10, mean: 0.3 }, eleven(0.7))?.effect).toBeNull()
    expect(courseOf(eleven(0.3), { answers: 10, mean: 0.7 })?.effect).toBeNull()
    expect(courseOf(eleven(0.03), eleven(0.7))?.effect).toBeNull()
    expect(courseOf(eleven(0.3), { ...eleven(0.7), roster: 3 })).toMatchObject({
      change: 'roster',
      effect: null,
    })
  })

  it('is in parts of a spread only where that is published, never where it is assumed', () => {
    const published = {
      ...pulse,
      scales: [{ ...climate, noise: { ...climate.noise, basis: 'published' as const } }],
    }
    const eleven = (mean: number) => made({ answers: 11, mean })
    const effect = discloseCourse(published, eleven(0.3), eleven(0.7))?.scales[0]?.effect
    expect(effect).toEqual({
      ...size(1.6, 0.8, 2.4),
      g: { size: 1.5, low: 0.8, high: 2.2 },
    })
  })

  it('is read of before as words alone: its size was one of an assumed spread', () => {
    const before = { scaleId: 'climate', first: 'low', last: 'high', change: 'higher' }
    const kept = { scales: [{ ...before, effect: { g: 1.4, low: 0.7, high: 2 } }] }
    expect(readCourse(kept).scales[0]).toEqual({ ...before, isAssumed: false, effect: null })
  })

  it('tells no more than the two rounded means do: the same rounding, the same size', () => {
    fc.assert(
      fc.property(fc.integer({ min: -24, max: 24 }), fc.integer({ min: -24, max: 24 }), (a, b) => {
        // Both lie within the same twentieth as .3 and .7.
        const effect = courseOf(
          { answers: 11, mean: 0.3 + a / 1000 },
          { answers: 11, mean: 0.7 + b / 1000 },
        )?.effect
        expect(effect).toEqual(size(1.6, 0.8, 2.4))
      }),
    )
  })

  it('is, from eleven answers on, the same whatever lies behind what is shown, near an end too', () => {
    const shownOf = (mean: number) => {
      const rounded = Math.round(20 * mean)
      return rounded < 2 || rounded > 18 ? `end ${rounded < 2}` : String(rounded)
    }
    const lines = new Map<string, string>()
    const means = Array.from({ length: 101 }, (_, index) => index / 100)
    for (const first of means)
      for (const last of means) {
        const course = courseOf({ answers: 11, mean: first }, { answers: 11, mean: last })
        const cell = [shownOf(first), course?.first, shownOf(last), course?.last].join(' ')
        const line = JSON.stringify([course?.change, course?.effect])
        expect(lines.get(cell) ?? line, cell).toBe(line)
        lines.set(cell, line)
      }
    expect(lines.size).toBeGreaterThan(300)
  })

  it('compares exact means below eleven answers, and from there what is shown of them', () => {
    const change = (answers: number, first: number, last: number) =>
      courseOf({ answers, mean: first }, { answers, mean: last })?.change
    // A difference of .1951 of the range is noise for eight; rounded it would be .2 and more than
    // that.
    expect(change(8, 0.5, 0.6951)).toBe('none')
    expect(change(8, 0.5, 0.7)).toBe('higher')
    // And .1701 is more than noise for eleven; rounded it is .15.
    expect(change(11, 0.5, 0.6701)).toBe('none')
    expect([change(11, 0.7, 0.3), change(11, 0.3, 0.7)]).toEqual(['lower', 'higher'])
    // Near an end, the end's step: .05 to .2 is noise, and so is .8 to .95.
    expect([change(11, 0, 0.2), change(11, 0.8, 1)]).toEqual(['none', 'none'])
    expect([change(11, 0, 0.25), change(11, 0.75, 1)]).toEqual(['higher', 'higher'])
  })

  it('has an interval that stays on its side of 0 when it is rounded', () => {
    const [low, high] = [
      { answers: 11, mean: 0.3, invited: 13 },
      { answers: 11, mean: 0.5, invited: 13 },
    ]
    expect(courseOf(low, high)).toMatchObject({
      change: 'higher',
      effect: size(0.8, 0.2, 1.6),
    })
    expect(courseOf(high, low)).toMatchObject({
      change: 'lower',
      effect: size(-0.8, -1.6, -0.2),
    })
  })

  it('is less sure of its size the more who might have answered did not, at either end', () => {
    const [few, all] = [
      { answers: 11, mean: 0.3, invited: 15 },
      { answers: 11, mean: 0.7 },
    ]
    const wide = size(1.6, 0.8, 2.4)
    expect(courseOf(few, all)?.effect).toEqual(wide)
    expect(courseOf({ ...few, invited: 11 }, { ...all, invited: 15 })?.effect).toEqual(wide)
  })

  it('is only of scales that both ends have, and that met the first one’s own k', () => {
    const [first, last] = [made({ mean: 0.3 }), made({ mean: 0.7 })]
    const without = { ...first, release: first.release && { ...first.release, tallies: [] } }
    expect(discloseCourse(pulse, without, last)).toBeNull()
    expect(discloseCourse(pulse, first, without)).toBeNull()
    const two = { ...pulse, scales: [climate, { ...climate, id: 'calm' }] }
    const both = last.release && {
      ...last.release,
      tallies: [...last.release.tallies, { ...last.release.tallies[0], subject: 'scale:calm' }],
    }
    const course = discloseCourse(two, first, { ...last, release: both as UnitResult['release'] })
    expect(course?.scales.map(({ scaleId }) => scaleId)).toEqual(['climate'])
  })

  it('is nothing when one end was not published', () => {
    for (const state of ['withheld', 'lost'] as const) {
      expect(discloseCourse(pulse, made({ mean: 0.5, state }), made({ mean: 0.5 }))).toBeNull()
      expect(discloseCourse(pulse, made({ mean: 0.5 }), made({ mean: 0.5, state }))).toBeNull()
    }
    expect(courseOf({ mean: 0.5, answers: 5 }, { mean: 0.5 })).toBeUndefined()
  })
})
