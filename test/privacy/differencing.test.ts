import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/cli/mood.ts'
import { loadContent } from '../../src/content/load.ts'
import { disclose, LEAST_ANSWERS } from '../../src/domain/disclosure.ts'
import type { Answers } from '../../src/domain/score.ts'
import { countUnit } from '../../src/domain/tally.ts'
import type { UnitResult } from '../../src/domain/unit.ts'

/**
 * Differencing: adding and subtracting whatever is published must never leave the answers of fewer
 * than k people. Each shown figure stands for the answers that it is made of; combinations of up to
 * three figures, each added or taken away, are tried.
 */
const set = loadContent().questionSet('pulse', 2)
const K = LEAST_ANSWERS.shared
const WORLDS = 300

/** One published figure, as the answers in it: "member at check-in". */
type Figure = ReadonlyMap<string, number>

/** A group over some check-ins: people join, leave and stay away. */
function draw(random: () => number): {
  members: number
  checkIns: { member: number; answers: Answers }[][]
} {
  const members = 6 + Math.floor(random() * 7)
  const checkIns = Array.from({ length: 8 }, () =>
    Array.from({ length: members }, (_, member) => ({
      member,
      answers:
        random() < 0.8
          ? Object.fromEntries(set.questions.map(({ id }) => [id, 1 + Math.floor(random() * 5)]))
          : {},
    })).filter(() => random() < 0.95),
  )
  return { members, checkIns }
}

/** The figure that the real gate shows of a window of check-ins; null when it shows nothing. */
function publish(world: ReturnType<typeof draw>, window: readonly number[]): Figure | null {
  const ballots = Array.from({ length: world.members }, (_, member) =>
    window.flatMap(
      (index) =>
        world.checkIns[index]
          ?.filter((one) => one.member === member)
          .map(({ answers }) => answers) ?? [],
    ),
  )
  const release = countUnit(set, ballots, K)
  const unit: UnitResult = {
    state: release ? 'released' : 'withheld',
    k: K,
    rosterChanges: 0,
    isSteady: true,
    release,
  }
  if (disclose(set, unit, []).kind !== 'shown') return null
  return new Map(
    window.flatMap((index) =>
      (world.checkIns[index] ?? [])
        .filter(({ answers }) => Object.keys(answers).length > 0)
        .map(({ member }) => [`${member} ${index}`, 1] as const),
    ),
  )
}

/**
 * The fewest people whose answers some combination of figures leaves alone; Infinity when there are
 * no figures.
 */
function fewestLeft(figures: readonly Figure[]): number {
  let fewest = Number.POSITIVE_INFINITY
  const combine = (from: number, left: number, sum: ReadonlyMap<string, number>) => {
    for (let index = from; index < figures.length && left > 0; index += 1)
      for (const sign of [1, -1]) {
        const next = new Map(sum)
        for (const [key, value] of figures[index] ?? [])
          next.set(key, (next.get(key) ?? 0) + sign * value)
        const people = new Set(
          [...next].filter(([, value]) => value !== 0).map(([key]) => key.split(' ')[0]),
        )
        if (people.size > 0) fewest = Math.min(fewest, people.size)
        combine(index + 1, left - 1, next)
      }
  }
  combine(0, 3, new Map())
  return fewest
}

/** Worlds in which fewer than k people are left alone, of those in which anything was published. */
function attack(windows: readonly (readonly number[])[]): { broken: number; published: number } {
  const random = seeded(77)
  let broken = 0
  let published = 0
  for (let number = 0; number < WORLDS; number += 1) {
    const world = draw(random)
    const figures = windows
      .map((window) => publish(world, window))
      .filter((figure) => figure !== null)
    if (figures.length > 0) published += 1
    if (fewestLeft(figures) < K) broken += 1
  }
  return { broken, published }
}

describe('adding and subtracting what is published', () => {
  it.each([
    ['each check-in', [[0], [1], [2], [3], [4], [5], [6], [7]]],
    [
      'units of two',
      [
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
      ],
    ],
  ])('never leaves fewer than k people: %s', (name, windows) => {
    const { broken, published } = attack(windows)
    console.info(`differencing, ${name}: ${broken} of ${published} worlds broken`)
    expect(published).toBeGreaterThan(WORLDS / 2)
    expect(broken).toBe(0)
  })

  it('would with windows that overlap (negative control)', () => {
    const rolling = [0, 1, 2, 3, 4, 5].map((from) => [from, from + 1, from + 2])
    const { broken, published } = attack([...rolling, [0, 1], [1, 2]])
    console.info(`differencing, rolling windows: ${broken} of ${published} worlds broken`)
    expect(broken).toBeGreaterThan(0)
  })
})
