import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/cli/mood.ts'
import { loadContent } from '../../src/content/load.ts'
import { learnNoise, type Noise } from '../../src/domain/change.ts'
import { planCheckIns } from '../../src/domain/checkin.ts'
import { type Disclosed, disclose, LEAST_ANSWERS } from '../../src/domain/disclosure.ts'
import { MOST_EARLIER_UNITS } from '../../src/domain/retention.ts'
import type { Answers } from '../../src/domain/score.ts'
import { countUnit } from '../../src/domain/tally.ts'
import { discloseCourse } from '../../src/domain/together.ts'
import type { UnitResult } from '../../src/domain/unit.ts'

/**
 * Regression over time: somebody who knows who sat in the room each week tries to name the member
 * who is lowest, from everything that the real gate puts out in 26 weeks. Worlds are drawn;
 * planning, counting and the gate are the product's own.
 */
const set = loadContent().questionSet('pulse', 2)
const WEEKS = 26
const SIZES = [6, 8, 10, 12]
/**
 * Enough that a figure stands within a tenth: of 400, one that is 1.5 comes out anywhere from 1.3
 * to 1.7.
 */
const WORLDS = 6_000
/** The goal of the privacy design, section 4: times the chance of guessing. */
const MOST = 1.6

const START = Date.UTC(2026, 0, 5, 17)
const WEEK_MS = 7 * 24 * 60 * 60_000
const sessions = Array.from({ length: WEEKS }, (_, week) => ({
  id: String(week),
  startsAt: new Date(START + week * WEEK_MS),
  endsAt: new Date(START + week * WEEK_MS + 90 * 60_000),
}))
const plan = {
  id: 'pulse',
  timing: 'after' as const,
  openHours: 48,
  everyNth: 1,
  stages: ['beginning', 'middle', 'ending'] as const,
  recallDays: set.recallDays,
  scales: set.scales.length,
}
/** The weeks of each unit, as the product plans them for a programme of half a year. */
function plannedUnits(count: number): number[][] {
  const programme = {
    sessions: sessions.slice(0, count),
    earlier: [],
    spent: [],
    roomInUnit: new Map(),
    now: new Date(START - WEEK_MS),
  }
  const { planned } = planCheckIns([plan], programme)
  const size = planned[0]?.unitSize ?? 1
  const weeks = planned.map(({ sessionId }) => Number(sessionId))
  return Array.from({ length: Math.ceil(weeks.length / size) }, (_, index) =>
    weeks.slice(index * size, (index + 1) * size),
  )
}

type World = {
  lowest: number
  /** By week and member. */
  attended: boolean[][]
  answered: boolean[][]
  answers: Answers[][]
}

/**
 * Members with a level of their own and a week of their own; five questions that go together. Nine
 * of ten come, nine of ten of those answer.
 */
function draw(members: number, random: () => number): World {
  const normal = () => random() + random() + random() + random() + random() + random() - 3
  const level = Array.from({ length: members }, () => 3.4 + 1.3 * normal())
  const weeks = Array.from({ length: WEEKS }, () => 0.5 * normal())
  const attended = weeks.map(() => level.map(() => random() < 0.9))
  const answered = attended.map((week) => week.map((came) => came && random() < 0.9))
  const answers = weeks.map((week) =>
    level.map((own) => {
      const mood = own + week + 0.5 * normal()
      return Object.fromEntries(
        set.questions.map(({ id }) => [
          id,
          Math.min(5, Math.max(1, Math.round(mood + 0.6 * normal()))),
        ]),
      )
    }),
  )
  return { lowest: level.indexOf(Math.min(...level)), attended, answered, answers }
}

const GROUP = 'shared' as const

/** The product's count of a unit; null below k. */
function countOf(world: World, weeks: readonly number[], members: number): UnitResult {
  const ballots = Array.from({ length: members }, (_, member) =>
    weeks.map((week) =>
      world.answered[week]?.[member] ? (world.answers[week]?.[member] ?? {}) : {},
    ),
  )
  const k = LEAST_ANSWERS[GROUP]
  const release = countUnit(set, ballots, k)
  const state = release ? 'released' : 'withheld'
  return { state, k, rosterChanges: 0, isSteady: true, statements: 1, release }
}

/**
 * Where the attacker puts answers that lie far apart: as bad news for its own sake, or by the mean
 * that they would likely have. Each is tried, and the one that names best counts.
 */
const APART_AS = [0.2, 0.35, 0.5]

/** Everything that is shown of a unit, as one number for the regression; null when nothing is. */
function shownOf(disclosed: Disclosed, apartAs: number): number | null {
  if (disclosed.kind !== 'shown') return null
  const scale = disclosed.scales[0]
  if (!scale) return null
  const band = { low: 0.2, middle: 0.5, mixed: 0.5, high: 0.8, apart: apartAs }[scale.band]
  return scale.mean ?? (scale.highTenths === null ? band : (band + scale.highTenths / 10) / 2)
}

/**
 * The closing summary's word on a programme's two ends, as a difference: the noise band of these
 * sizes is about a quarter of the range.
 */
function courseOf(first: UnitResult, last: UnitResult, noise: Noise): number | null {
  const scale = discloseCourse(set, first, last, noise)?.scales[0]
  if (!scale) return null
  return scale.effect
    ? scale.effect.onRange.size / 4
    : { higher: 0.25, lower: -0.25, none: 0, roster: 0 }[scale.change]
}

/** Told of a result beside earlier ones, with who was there at each. */
type Difference = { by: number; now: readonly number[]; before: readonly (readonly number[])[] }

/** The word of change as a difference, where a noise band is about a seventh of the range. */
function changeOf(disclosed: Disclosed, present: readonly (readonly number[])[]): Difference[] {
  const scale = disclosed.kind === 'shown' ? disclosed.scales[0] : undefined
  const [now, ...before] = present.toReversed()
  if (!scale?.change || scale.against === 0 || !now) return []
  const by = { higher: 0.15, lower: -0.15, none: 0, roster: 0 }[scale.change]
  return [{ by, now, before: before.slice(0, scale.against) }]
}

/**
 * Names the member whose presence goes with the lowest figures: ridge regression of the figures on
 * who was there. `told`: differences that are told besides, and between whom.
 */
function accuse(
  figures: readonly number[],
  present: readonly (readonly number[])[],
  members: number,
  told: readonly Difference[],
): number {
  const columns = Array.from({ length: members }, (_, member) => {
    const column = present.map((row) => row[member] ?? 0)
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length
    return column.map((value) => value - mean)
  })
  const average = figures.reduce((sum, value) => sum + value, 0) / figures.length
  const y = figures.map((value) => value - average)
  for (const { by, now, before } of told) {
    y.push(by)
    for (const [member, column] of columns.entries())
      column.push(
        (now[member] ?? 0) -
          before.reduce((sum, row) => sum + (row[member] ?? 0), 0) / before.length,
      )
  }
  const matrix = columns.map((a, row) =>
    columns.map(
      (b, column) =>
        a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0) +
        (row === column ? 0.5 : 0),
    ),
  )
  const right = columns.map((a) =>
    a.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0),
  )
  const weights = solve(matrix, right)
  return weights.indexOf(Math.min(...weights))
}

/** Gaussian elimination with pivots; the matrices are small and, with the ridge, never singular. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0])
  const size = rows.length
  for (let pivot = 0; pivot < size; pivot += 1) {
    const best = rows
      .slice(pivot)
      .reduce(
        (found, row, index) =>
          Math.abs(row[pivot] ?? 0) > Math.abs(rows[found]?.[pivot] ?? 0) ? pivot + index : found,
        pivot,
      )
    const [a, b] = [rows[pivot] ?? [], rows[best] ?? []]
    rows[pivot] = b
    rows[best] = a
    for (let row = 0; row < size; row += 1) {
      if (row === pivot) continue
      const factor = (rows[row]?.[pivot] ?? 0) / (rows[pivot]?.[pivot] ?? 1)
      rows[row] = (rows[row] ?? []).map(
        (value, column) => value - factor * (rows[pivot]?.[column] ?? 0),
      )
    }
  }
  return rows.map((row, index) => (row[size] ?? 0) / (row[index] ?? 1))
}

/** Twenty such groups teach the gate their noise: it says more then, and less where they swing. */
function noiseOf(members: number, units: readonly number[][]): Noise {
  const random = seeded(members)
  const groups = Array.from({ length: 20 }, () => {
    const world = draw(members, random)
    return units.slice(0, MOST_EARLIER_UNITS).map((weeks) => countOf(world, weeks, members))
  })
  return learnNoise(
    set,
    groups.map((own) => own.reverse()),
  )
}

type Knows = 'attended' | 'answered'
const UNITS = plannedUnits(WEEKS)
/** A short programme publishes after each of its sessions, and then no more. */
const SHORT_UNITS = plannedUnits(12)

/**
 * How much better than a guess the lowest member is named. `exact`: without the gate, weekly means
 * as they are; else the weeks of each unit.
 */
function attack(
  members: number,
  knows: Knows,
  given: readonly number[][] | 'exact',
): { times: number; shown: number; apart: number; told: number } {
  const random = seeded(1000 * members + (knows === 'attended' ? 1 : 2))
  const exact = given === 'exact'
  const units = exact ? sessions.map((_, week) => [week]) : given
  const noise = noiseOf(members, units)
  const named = APART_AS.map(() => 0)
  let shown = 0
  let apart = 0
  let told = 0
  for (let number = 0; number < WORLDS; number += 1) {
    const world = draw(members, random)
    const figures: number[][] = APART_AS.map(() => [])
    const present: number[][] = []
    const published: UnitResult[] = []
    const differences: Difference[] = []
    for (const weeks of units) {
      const unit = countOf(world, weeks, members)
      const tally = unit.release?.tallies[0]
      const disclosed = disclose(set, unit, published.slice(-MOST_EARLIER_UNITS).reverse(), noise)
      const figure = (apartAs: number) =>
        exact
          ? tally
            ? tally.totalMilli / tally.answers / 1000
            : null
          : shownOf(disclosed, apartAs)
      const all = APART_AS.map(figure).filter((one) => one !== null)
      if (all.length === 0) continue
      for (const [index, one] of all.entries()) figures[index]?.push(one)
      if (disclosed.kind === 'shown' && disclosed.scales[0]?.band === 'apart') apart += 1
      published.push(unit)
      present.push(
        Array.from({ length: members }, (_, member) => {
          const times = weeks.filter((week) => world[knows][week]?.[member]).length
          return knows === 'answered' ? Math.min(1, times) : times / weeks.length
        }),
      )
      if (!exact) differences.push(...changeOf(disclosed, present))
    }
    shown += present.length
    const [start, end] = [published[0], published.at(-1)]
    const course = start && end && !exact ? courseOf(start, end, noise) : null
    const [now, from] = [present.at(-1), present[0]]
    if (course !== null && now && from) {
      told += 1
      differences.push({ by: course, now, before: [from] })
    }
    for (const [index, own] of figures.entries())
      if (own.length > 1 && accuse(own, present, members, differences) === world.lowest)
        named[index] = (named[index] ?? 0) + 1
  }
  const per = (count: number) => count / WORLDS
  return {
    times: per(Math.max(...named)) * members,
    shown: per(shown),
    apart: per(apart),
    told: per(told),
  }
}

describe('half a year of results, and somebody who knows who was in the room', () => {
  it('is published thirteen times at most', () => {
    expect(UNITS).toHaveLength(13)
    expect(UNITS.every((weeks) => weeks.length === 2)).toBe(true)
  })

  it.each(SIZES)('names the lowest of %d hardly better than a guess', (members) => {
    const { times, shown, apart, told } = attack(members, 'attended', UNITS)
    const answered = attack(members, 'answered', UNITS)
    console.info(
      `over time: ${members} members, ${WORLDS} worlds, ${shown.toFixed(1)} results each, ${apart.toFixed(2)} far apart: ${times.toFixed(2)} times chance; ` +
        `knowing who answered ${answered.times.toFixed(2)}`,
    )
    expect(shown).toBeGreaterThan(4)
    expect(apart).toBeGreaterThan(0.1)
    // The closing's comparison is among what the attacker knows.
    expect(told).toBeGreaterThan(0.9)
    expect(times).toBeLessThanOrEqual(MOST)
  })

  it.each(SIZES)('nor from the twelve results of a short programme, of %d', (members) => {
    expect(SHORT_UNITS.map((weeks) => weeks.length)).toEqual(Array(12).fill(1))
    const { times, shown } = attack(members, 'attended', SHORT_UNITS)
    console.info(
      `over time, twelve weekly results: ${members} members, ${shown.toFixed(1)} shown: ${times.toFixed(2)} times chance`,
    )
    expect(times).toBeLessThanOrEqual(MOST)
  })

  it('would name them far better from weekly means (negative control)', () => {
    const times = SIZES.map((members) => attack(members, 'attended', 'exact').times)
    console.info(
      `over time, without the gate: ${times.map((one) => one.toFixed(2)).join(', ')} times chance`,
    )
    expect(Math.max(...times)).toBeGreaterThan(MOST)
  })
})
