import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { optionsOf, type QuestionSet, rangeOf, type Scale } from '../../src/content/question-set.ts'
import { figuresOf } from '../../src/domain/figures.ts'
import type { Answers } from '../../src/domain/score.ts'
import { countUnit, type Tally } from '../../src/domain/tally.ts'

/**
 * The counts and figures of random groups beside the same in fractions of whole numbers: nothing
 * turns on the last bits of a float, wherever a mean falls.
 */
type Fraction = { over: bigint; under: bigint }
const plus = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
})
const sumOf = (all: readonly Fraction[]): Fraction => all.reduce(plus, { over: 0n, under: 1n })
const partOf = ({ over, under }: Fraction, count: number): Fraction => ({
  over,
  under: under * BigInt(count),
})
/** In so many parts of one, halves upwards. */
const roundedTo = ({ over, under }: Fraction, parts: bigint): bigint =>
  (2n * over * parts + under) / (2n * under)

function scoreOf(set: QuestionSet, scale: Scale, answers: Answers): Fraction[] {
  const values = scale.questions.flatMap((id): Fraction[] => {
    const value = answers[id]
    if (value === undefined) return []
    const { from, to } = rangeOf(set, id)
    const over = scale.reversed.includes(id) ? to - value : value - from
    return [{ over: BigInt(over), under: BigInt(to - from) }]
  })
  return values.length < scale.leastAnswered ? [] : [partOf(sumOf(values), values.length)]
}

function tallyOf(set: QuestionSet, scale: Scale, ballots: readonly Answers[][]): Tally {
  const millis = ballots.flatMap((own) => {
    const scores = own.flatMap((answers) => scoreOf(set, scale, answers))
    return scores.length === 0
      ? []
      : [Number(roundedTo(partOf(sumOf(scores), scores.length), 1000n))]
  })
  return {
    subject: `scale:${scale.id}`,
    answers: millis.length,
    ballots: ballots.flat().filter((answers) => scoreOf(set, scale, answers).length > 0).length,
    totalMilli: millis.reduce((sum, milli) => sum + milli, 0),
    low: millis.filter((milli) => milli <= 375).length,
    high: millis.filter((milli) => milli >= 625).length,
  }
}

const content = loadContent()
const SETS = [...content.questionSets.values()]
const ballotOf = (set: QuestionSet) =>
  fc.record(
    Object.fromEntries(
      set.questions.map(({ id }) => [
        id,
        fc.constantFrom(
          ...optionsOf(set, id).flatMap(({ value }) => (value === null ? [] : [value])),
        ),
      ]),
    ),
    { requiredKeys: [] },
  )

describe.each(SETS.map((set) => [set.id, set] as const))('%s', (_id, set) => {
  it('is counted and shown as fractions of whole numbers are', () => {
    const groups = fc.array(fc.array(ballotOf(set), { minLength: 1, maxLength: 2 }), {
      minLength: 6,
      maxLength: 16,
    })
    fc.assert(
      fc.property(groups, (ballots) => {
        for (const scale of set.scales) {
          const expected = tallyOf(set, scale, ballots as Answers[][])
          const tally = countUnit(set, ballots as Answers[][], 1)?.tallies.find(
            ({ subject }) => subject === expected.subject,
          )
          if (!tally) continue
          expect(tally).toEqual(expected)
          const mean = { over: BigInt(tally.totalMilli), under: BigInt(1000 * tally.answers) }
          const parts = Number(roundedTo(mean, 20n))
          const shown = figuresOf(tally).mean
          if (shown !== null) expect(shown).toBe(parts / 20)
        }
      }),
      { numRuns: 1_500 },
    )
  })
})

describe('a mean of exactly five eighths', () => {
  it('is high, and one thousandth of a member less is not', () => {
    for (let answers = 6; answers <= 30; answers += 1) {
      const at = (totalMilli: number) =>
        figuresOf({ subject: 'scale:climate', answers, totalMilli, low: 0, high: 0 }).band
      expect([at(625 * answers), at(625 * answers - 1)]).toEqual(['high', 'middle'])
      expect([at(375 * answers), at(375 * answers + 1)]).toEqual(['low', 'middle'])
    }
  })
})
