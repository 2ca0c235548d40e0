import { fleschKincaid } from 'flesch-kincaid'
import { syllable } from 'syllable'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Surface } from '../../src/simulator/surface.ts'
import { startWorld, type World } from '../helpers.ts'
import { tour } from '../tour.ts'

/** U.S. school grade (Flesch–Kincaid, 1975) that no screen is above. */
const MOST_GRADE = 6
/** Screens that may be above it, each with its reason; at most ten. */
const EXEMPT: Readonly<Record<string, string>> = {}
/** What people are called here cannot be said in shorter words, so each counts as one syllable. */
const ROLE_WORDS = /^(facilitators?|supervisors?|members?|admins?)$/i

/** A screen's running text: its lines as sentences, without commands, times, names and what is only a list of figures. */
function sentencesOf(surface: Surface): string[] {
  return surface.reading
    .filter((line) => !line.startsWith('[') && !/^\s*\(/.test(line))
    .map((line) =>
      line
        .replace(/^•\s*/, '')
        .replace(/https?:\S+/g, 'link')
        .replace(/\/group [a-z ]+/g, 'this'),
    )
    .flatMap((line) => line.split(/(?<=[.:?;])\s+/))
    .map((sentence) => sentence.replace(/[“”«»]/g, '').trim())
    .filter((sentence) => /[A-Za-z]{2}/.test(sentence))
}

export function gradeOf(surface: Surface): number {
  const sentences = sentencesOf(surface)
  const words = sentences.flatMap((sentence) => sentence.match(/[A-Za-z’'-]+/g) ?? [])
  const syllables = words.reduce((sum, word) => sum + (ROLE_WORDS.test(word) ? 1 : Math.max(1, syllable(word))), 0)
  if (words.length === 0) return 0
  return fleschKincaid({ sentence: Math.max(1, sentences.length), word: words.length, syllable: syllables })
}

describe('every screen, read as a whole', () => {
  let world: World
  let screens: readonly { name: string; surface: Surface }[]
  beforeAll(async () => {
    world = await startWorld({ publicUrl: 'https://groupwell.example.org' })
    screens = (await tour(world, 'slack')).map(({ kind, surface }) => ({ name: kind, surface }))
  })
  afterAll(() => world.end())

  it(`is at grade ${MOST_GRADE} or lower in English`, () => {
    const grades = screens.map(({ name, surface }) => ({ name, grade: Math.round(gradeOf(surface) * 10) / 10 }))
    expect(grades.length).toBeGreaterThan(40)
    expect(Object.keys(EXEMPT).length).toBeLessThanOrEqual(10)
    expect(grades.filter(({ name, grade }) => grade > MOST_GRADE && !(name in EXEMPT))).toEqual([])
    // An exemption that is no longer needed goes.
    expect(
      Object.keys(EXEMPT).filter((name) => !grades.some((one) => one.name === name && one.grade > MOST_GRADE)),
    ).toEqual([])
  })

  it('would be refused at a higher grade (negative control)', () => {
    const hard = [
      'Notwithstanding considerable organisational difficulties, participants are encouraged to articulate expectations.',
    ]
    const [first] = screens
    if (!first) throw new Error('the tour showed nothing')
    expect(gradeOf({ ...first.surface, reading: hard })).toBeGreaterThan(12)
  })
})
