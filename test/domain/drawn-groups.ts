import type { QuestionSet } from '../../src/content/question-set.ts'
import { stepsOf } from '../../src/domain/score.ts'
import type { UnitResult } from '../../src/domain/unit.ts'

/** A draw from the normal distribution (Box and Muller). */
const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** A group of which the truth is known. All in steps of a question. */
export type DrawnGroup = {
  members: number
  /** Of each check-in, picked anew. */
  answering: number
  /** Check-ins of a unit. Left out: one. */
  checkIns?: number
  /** How far the group's mean lies from its first, in each unit; as many units as there are. */
  shifts: readonly number[]
  /** The mood that all of a week share. Left out: none. */
  moodSd?: number
  /** In place of the scale's own. */
  sdSteps?: number
  reliability?: number
  /** Members replaced by others before the last unit. */
  replaced?: number
}

/** The group's units, oldest first: members differ and answer with an error, as was said. */
export function drawUnits(
  set: QuestionSet,
  group: DrawnGroup,
  random: () => number,
): [UnitResult, ...UnitResult[]] {
  const { members, answering, checkIns = 1, shifts, moodSd = 0, replaced = 0 } = group
  const levels = set.scales.map(({ noise }) => {
    const sd = group.sdSteps ?? noise.sdSteps
    const spread = sd * Math.sqrt(group.reliability ?? noise.reliability)
    const error = sd * Math.sqrt(1 - (group.reliability ?? noise.reliability))
    const draw = () => normal(random) * spread
    return { error, draw, own: Array.from({ length: members }, draw) }
  })
  const units = shifts.map((shift, number): UnitResult => {
    const isLast = number === shifts.length - 1
    if (isLast)
      for (const { own, draw } of levels)
        for (let member = 0; member < replaced; member += 1) own[member] = draw()
    const asked = Array.from({ length: checkIns }, () => ({
      mood: normal(random) * moodSd,
      who: new Set(pick(members, answering, random)),
    }))
    const tallies = set.scales.map((scale, index) => {
      const { error, own } = levels[index] ?? { error: 0, own: [] }
      const steps = stepsOf(set, scale)
      const scores = own.map((level, member) =>
        asked
          .filter(({ who }) => who.has(member))
          .map(({ mood }) => {
            const at = steps / 2 + level + shift + mood + normal(random) * error
            return Math.min(1, Math.max(0, at / steps))
          }),
      )
      const answered = scores.filter((one) => one.length > 0)
      const totalMilli = answered.reduce(
        (sum, one) => sum + Math.round((1000 * one.reduce((a, b) => a + b, 0)) / one.length),
        0,
      )
      const subject = `scale:${scale.id}`
      const ballots = scores.flat().length
      return { subject, answers: answered.length, ballots, totalMilli, low: 0, high: 0 }
    })
    return {
      state: 'released',
      k: 6,
      rosterChanges: isLast ? 2 * replaced : 0,
      isSteady: true,
      statements: set.scales.length,
      release: { invited: members, answered: tallies[0]?.answers ?? 0, tallies },
    }
  })
  const [first, ...others] = units
  if (!first) throw new Error('a group without a unit')
  return [first, ...others]
}

function pick(members: number, count: number, random: () => number): number[] {
  const all = Array.from({ length: members }, (_, index) => ({ index, at: random() }))
  return all
    .toSorted((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ index }) => index)
}
