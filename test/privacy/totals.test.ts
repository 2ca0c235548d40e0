import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { disclose, LEAST_ANSWERS } from '../../src/domain/disclosure.ts'
import { type Band, bandOf } from '../../src/domain/figures.ts'
import { discloseTotal } from '../../src/domain/together.ts'
import type { UnitResult } from '../../src/domain/unit.ts'

/**
 * The attack on totals: a supervisor of one honest group owns twelve practice groups of six accounts,
 * chooses each one's answers by what the totals said so far, and reads what is left of the honest
 * group's possible results.
 */
const set = loadContent().questionSet('pulse', 2)
const MEMBERS = 8
/** Sums of members' means, in quarters of a question's range and of four questions: sixteenths. */
const STEPS = 16
const PRACTICE = 12

type Candidate = { answers: number; sum: number }
const CANDIDATES: readonly Candidate[] = [6, 7, 8].flatMap((answers) =>
  Array.from({ length: answers * STEPS + 1 }, (_, sum) => ({ answers, sum })),
)

function unitOf({ answers, sum }: Candidate, invited = MEMBERS): UnitResult {
  const totalMilli = Math.round((sum / STEPS) * 1000)
  const tally = { subject: 'scale:climate', answers, totalMilli, low: 0, high: 0 }
  return {
    state: 'released',
    k: LEAST_ANSWERS.shared,
    rosterChanges: 0,
    isSteady: true,
    release: { invited, answered: answers, tallies: [tally] },
  }
}

/** A reader's view of an honest group and a practice group together; text, so that it compares. */
type Look = (honest: Candidate, practice: Candidate) => string
const ownOf = (honest: Candidate): string => JSON.stringify(disclose(set, unitOf(honest), []))
const asShown: Look = (honest, practice) => {
  const parts = [unitOf(honest), unitOf(practice, 6)].map((unit) => disclose(set, unit, []))
  return `${ownOf(honest)} ${JSON.stringify(discloseTotal(set, parts))}`
}
/** As it was: one band of the exact joint mean. */
const asWeighed: Look = (honest, practice) => {
  const joint = {
    subject: 'scale:climate',
    answers: honest.answers + practice.answers,
    totalMilli: Math.round(((honest.sum + practice.sum) / STEPS) * 1000),
    low: 0,
    high: 0,
  }
  return `${ownOf(honest)} ${bandOf(joint) satisfies Band}`
}

/** The candidates that are left after so many practice groups, each chosen to split them best. */
function attack(look: Look, honest: Candidate): Candidate[] {
  let left = CANDIDATES.filter((one) => ownOf(one) === ownOf(honest))
  for (let group = 0; group < PRACTICE; group += 1) {
    const choices = Array.from({ length: 6 * STEPS + 1 }, (_, sum) => ({ answers: 6, sum }))
    const worst = (practice: Candidate) =>
      Math.max(
        ...[...Map.groupBy(left, (one) => look(one, practice)).values()].map((own) => own.length),
      )
    const [first] = choices
    if (!first) break
    const best = choices.reduce((a, b) => (worst(b) < worst(a) ? b : a), first)
    left = left.filter((one) => look(one, best) === look(honest, best))
  }
  return left
}

const HONEST: readonly Candidate[] = [
  { answers: 8, sum: 64 },
  { answers: 8, sum: 57 },
  { answers: 7, sum: 70 },
  { answers: 6, sum: 90 },
]

describe('totals over an honest group and twelve that the attacker owns', () => {
  it.each(HONEST)(
    'leave as many candidates as the shown band does: $answers answers, sum $sum',
    (honest) => {
      const shown = CANDIDATES.filter((one) => ownOf(one) === ownOf(honest)).length
      const left = attack(asShown, honest).length
      console.info(`totals: ${left} candidates left, of ${shown} by the group's own band`)
      expect(left).toBe(shown)
    },
  )

  it('leave one or two where they weigh what is hidden (negative control)', () => {
    const left = HONEST.map((honest) => attack(asWeighed, honest).length)
    console.info(`totals, weighed: ${left.join(', ')} candidates left`)
    expect(Math.min(...left)).toBeLessThanOrEqual(2)
  })
})
