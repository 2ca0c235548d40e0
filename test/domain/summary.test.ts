import { describe, expect, it } from 'vitest'
import { FINDINGS, loadContent } from '../../src/content/load.ts'
import { type Disclosed, disclose } from '../../src/domain/disclosure.ts'
import { attendanceBand, findingOf, openerFor } from '../../src/domain/summary.ts'
import type { UnitResult } from '../../src/domain/unit.ts'

const { openers, questionSet } = loadContent()
const pulse = questionSet('pulse', 2)
const gad = questionSet('gad-7', 1)

/** Three at each end. */
const SPLIT = { low: 3, high: 3 }

/** A result through the real gate: ten members, all with this mean. */
function result(
  set: typeof pulse,
  mean: number,
  before: number | null = null,
  { low = 0, high = 0 } = {},
): { set: typeof pulse; disclosed: Disclosed } {
  const unit = (at: number): UnitResult => {
    const tallies = set.scales.map(({ id }) => ({
      subject: `scale:${id}`,
      answers: 10,
      totalMilli: Math.round(at * 10_000),
      low,
      high,
    }))
    return {
      state: 'released',
      k: 6,
      rosterChanges: 0,
      isSteady: true,
      release: { invited: 10, answered: 10, tallies },
    }
  }
  return { set, disclosed: disclose(set, unit(mean), before === null ? [] : [unit(before)]) }
}

describe('what a group’s results say', () => {
  it.each([
    ['nothing', [], 'none'],
    ['a middling climate', [result(pulse, 0.5)], 'middle'],
    [
      'a climate that is split, though its mean is good',
      [result(pulse, 0.7, null, SPLIT)],
      'apart',
    ],
    ['worry that is split', [result(gad, 0.7, null, SPLIT)], 'apart'],
    ['a climate that rose for some', [result(pulse, 0.9, 0.5, SPLIT)], 'apart'],
    ['a good climate', [result(pulse, 0.9)], 'high'],
    ['a climate that fell, though it is still good', [result(pulse, 0.7, 1)], 'lower'],
    ['a climate that rose', [result(pulse, 0.9, 0.5)], 'higher'],
    ['much worry, where high is worse', [result(gad, 0.9)], 'low'],
    ['worry that grew', [result(gad, 0.9, 0.3)], 'lower'],
    ['worry that shrank', [result(gad, 0.1, 0.9)], 'higher'],
    ['a good climate beside much worry', [result(pulse, 0.9), result(gad, 0.9)], 'low'],
  ] as const)('is the most pressing of it: %s', (_what, results, expected) => {
    expect(findingOf(results)).toBe(expected)
  })
})

describe('the openers', () => {
  it('are there for every stage and finding, and each is used', () => {
    const used = new Set<string>()
    for (const stage of ['beginning', 'middle', 'ending'] as const)
      for (const finding of FINDINGS)
        for (let number = 1; number <= 6; number += 1) {
          const opener = openerFor(openers, stage, finding, number)
          expect(opener, `${stage} ${finding}`).not.toBeNull()
          if (opener) used.add(opener.id)
        }
    expect([...used].sort()).toEqual(openers.map(({ id }) => id).sort())
  })
  it('never ask to keep what is good, or what helped, where answers lie far apart', () => {
    const [apart, good] = [['apart'], ['high', 'higher']].map((findings) =>
      openers.filter((opener) => opener.findings.some((one) => findings.includes(one))),
    )
    expect(apart?.length).toBeGreaterThanOrEqual(5)
    expect(apart?.filter((opener) => good?.includes(opener))).toEqual([])
    for (const { text } of apart ?? []) expect(text.en).not.toMatch(/keep|good|thank|helped/)
  })
  it('turn over from one session to the next where there are several', () => {
    const [one, other] = [4, 5].map((number) => openerFor(openers, 'middle', 'low', number)?.id)
    expect(one).not.toBe(other)
  })
  it('are none while the programme is planned', () => {
    expect(openerFor(openers, 'planning', 'none', 1)).toBeNull()
  })
  it('speak to the whole group, never of a person, and name a source', () => {
    for (const { text, source } of openers) {
      expect(text.en).not.toMatch(/\b(he|she|they seem|who did|the one who)\b/i)
      expect(source.length).toBeGreaterThan(10)
    }
  })
})

describe('attendance', () => {
  it.each([
    [[6, 6], 8, 'most'],
    [[5], 8, 'half'],
    [[3, 3], 8, 'fewer'],
    [[], 8, null],
    [[3], 0, null],
  ] as const)('%j of %i is %s', (headcounts, members, expected) => {
    expect(attendanceBand(headcounts, members)).toBe(expected)
  })
})
