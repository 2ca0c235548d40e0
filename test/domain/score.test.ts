import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { optionsOf, type QuestionSet } from '../../src/content/question-set.ts'
import { type Answers, scoreOf, shownRange } from '../../src/domain/score.ts'

const content = loadContent()
const setOf = (id: string): QuestionSet => {
  const set = content.questionSets.get(id)
  if (!set) throw new Error(`no set ${id}`)
  return set
}
/**
 * The figure of a set's first scale for one person who answered with these values in order; null where
 * one is skipped.
 */
const shown = (id: string, values: readonly (number | null)[], scaleIndex = 0): number | null => {
  const set = setOf(id)
  const scale = set.scales[scaleIndex]
  if (!scale) throw new Error('no such scale')
  const answers: Answers = Object.fromEntries(
    set.questions.flatMap(({ id: question }, index) => {
      const value = values[index]
      return value === null || value === undefined ? [] : [[question, value]]
    }),
  )
  const unit = scoreOf(set, scale, answers)
  const { from, to } = shownRange(set, scale)
  return unit === null ? null : Math.round((from + unit * (to - from)) * 1000) / 1000
}
const all = (count: number, value: number) => Array.from({ length: count }, () => value)

describe('scoring against what is published', () => {
  it.each([
    ['phq-2', 2, 6],
    ['gad-2', 2, 6],
    ['phq-4', 4, 12],
    ['gad-7', 7, 21],
    ['phq-8', 8, 24],
  ])('%s: %d questions, from 0 to %d, higher is worse', (id, questions, top) => {
    expect(setOf(id).questions).toHaveLength(questions)
    expect(shown(id, all(questions, 0))).toBe(0)
    expect(shown(id, all(questions, 3))).toBe(top)
    expect(shown(id, all(questions, 1))).toBe(questions)
    expect(setOf(id).scales[0]?.highIs).toBe('worse')
    expect(setOf(id).recallDays).toBe(14)
  })
  it('sums, so that one answer more is one point more', () => {
    expect(shown('gad-7', [3, 2, 1, 0, 1, 2, 3])).toBe(12)
    expect(shown('phq-8', [0, 1, 2, 3, 0, 1, 2, 3])).toBe(12)
  })
  it('ONS4: four questions by themselves from 0 to 10, never summed; only anxiety is worse when high', () => {
    const set = setOf('ons4')
    expect(set.scales.map(({ questions }) => questions.length)).toEqual([1, 1, 1, 1])
    expect([0, 1, 2, 3].map((index) => shown('ons4', [7, 8, 6, 3], index))).toEqual([7, 8, 6, 3])
    expect(set.scales.filter(({ highIs }) => highIs === 'worse').map(({ id }) => id)).toEqual([
      'anxious',
    ])
  })
  it('turns round what counts the other way: much pain is not much well-being', () => {
    expect(shown('days-with-illness', [5, 1, 1, 5, 5])).toBe(5)
    expect(shown('days-with-illness', [1, 5, 5, 1, 1])).toBe(1)
    expect(shown('days-with-illness', [3, 3, 3, 3, 3])).toBe(3)
  })
  it('fills a missing answer with the mean of the others, up to the set’s own limit', () => {
    expect(shown('phq-8', [1, 1, 1, 1, 1, 1, null, null])).toBe(8)
    expect(shown('phq-8', [1, 1, 1, 1, 1, null, null, null])).toBeNull()
    expect(shown('phq-2', [3, null])).toBeNull()
    expect(shown('pulse', [4, null, 4, 4, null])).toBe(4)
    expect(shown('pulse', [4, null, 4, null, null])).toBeNull()
  })
  it('counts "I do not take any" as no answer, not as no days', () => {
    expect(optionsOf(setOf('medicine-days'), 'medicine').at(-1)?.value).toBeNull()
    expect(shown('medicine-days', [0])).toBe(0)
    expect(shown('medicine-days', [null])).toBeNull()
  })
})

describe('errors that circulate', () => {
  const labels = (id: string) => {
    const set = setOf(id)
    return set.questions.map((question) => optionsOf(set, question.id).map(({ label }) => label.en))
  }
  it('GAD-7: the lowest option is "Not at all", not "Not at all sure" (Zorowitz 2021)', () => {
    expect(labels('gad-7').every((one) => one[0] === 'Not at all')).toBe(true)
  })
  it('GAD-7: no question has "More days than not", which is LOINC 68509-9’s other list', () => {
    expect(labels('gad-7').every((one) => one[2] === 'More than half the days')).toBe(true)
  })
  it('GAD-2 does not carry 70273-8, which is the PHQ-15’s total', () => {
    expect(JSON.stringify(setOf('gad-2'))).not.toContain('70273-8')
  })
  it('PHQ-8 is the PHQ-9 without the question about self-harm, and no set asks it', () => {
    for (const set of content.questionSets.values())
      expect(JSON.stringify(set)).not.toMatch(/better off dead|hurting yourself|44260-8/i)
  })
})
