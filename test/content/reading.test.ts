import { fleschKincaid } from 'flesch-kincaid'
import { syllable } from 'syllable'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import type { Surface } from '../../src/simulator/surface.ts'
import { startWorld, type World } from '../helpers.ts'
import { tour } from '../tour.ts'

/** U.S. school grade (Flesch–Kincaid, 1975) that no screen is above. */
const MOST_GRADE = 6
/** Screens that may be above it, each with its reason; at most ten. */
const EXEMPT: Readonly<Record<string, string>> = {}
/**
 * Names of roles cannot be said in shorter words: on screens of staff, whose words they are, each
 * counts as one syllable. On a member's screen they count as they sound.
 */
const ROLE_WORDS = /^(facilitators?|supervisors?|members?|admins?)$/i

/**
 * A screen's running text: its lines as sentences, without commands, times, names and what is only
 * a list of figures.
 */
function sentencesOf(surface: Surface, end: RegExp): string[] {
  return surface.reading
    .filter((line) => !line.startsWith('[') && !/^\s*\(/.test(line))
    .map((line) =>
      line
        .replace(/^•\s*/, '')
        .replace(/^Tuesday group: /, '')
        .replace(/\w+day \d+ \w+, \d\d:\d\d \(\w+ time\)/g, 'then')
        .replace(/https?:\S+/g, 'link')
        .replace(/\/group [a-z ]+/g, 'this'),
    )
    .flatMap((line) => line.split(end))
    .map((sentence) => sentence.replace(/[“”«»]/g, '').trim())
    .filter((sentence) => /[A-Za-z]{2}/.test(sentence))
}

/** Ends of sentences; for a member's screen, where neither a colon nor a semicolon ends one. */
const ENDS = { staff: /(?<=[.:?;])\s+/, member: /(?<=[.?!·])\s+/ } as const

export function gradeOf(surface: Surface, reader: keyof typeof ENDS = 'staff'): number {
  const sentences = sentencesOf(surface, ENDS[reader])
  const words = sentences.flatMap((sentence) => sentence.match(/[A-Za-z’'-]+/g) ?? [])
  const syllables = words.reduce(
    (sum, word) =>
      sum + (reader === 'staff' && ROLE_WORDS.test(word) ? 1 : Math.max(1, syllable(word))),
    0,
  )
  if (words.length === 0) return 0
  return fleschKincaid({
    sentence: Math.max(1, sentences.length),
    word: words.length,
    syllable: syllables,
  })
}

/**
 * Fields and buttons in payloads of either platform, and those without a name that a screen reader
 * could say.
 */
function namesIn(value: unknown): { inputs: number; nameless: string[] } {
  if (typeof value !== 'object' || value === null) return { inputs: 0, nameless: [] }
  const own = value as Record<string, unknown>
  const textOf = (part: unknown) =>
    typeof part === 'string' ? part : ((part as { text?: string } | null)?.text ?? '')
  const isNamed = (part: unknown) => textOf(part).trim() !== ''
  const type = typeof own.type === 'string' ? own.type : ''
  const name = /^(input|Input\..*)$/.test(type)
    ? own.label
    : type === 'button'
      ? own.text
      : own.title
  const counts = /^(input|button|Input\..*|Action\.(Submit|Execute|OpenUrl))$/.test(type)
  const inner = Object.values(own).map(namesIn)
  return {
    inputs: Number(counts) + inner.reduce((sum, one) => sum + one.inputs, 0),
    nameless: [
      ...(counts && !isNamed(name) ? [JSON.stringify(own).slice(0, 120)] : []),
      ...inner.flatMap((one) => one.nameless),
    ],
  }
}

describe.each(['slack', 'teams'] as const)('every screen on %s, read as a whole', (platform) => {
  let world: World
  let screens: readonly { name: string; person: string; surface: Surface; payload: unknown }[]
  beforeAll(async () => {
    world = await startWorld({ publicUrl: 'https://groupwell.example.org' })
    screens = (await tour(world, platform)).map(({ kind, person, surface, payload }) => ({
      name: kind,
      person,
      surface,
      payload,
    }))
  })
  afterAll(() => world.end())

  it(`is at grade ${MOST_GRADE} or lower in English`, () => {
    const { members } = world.casts[platform]
    const readerOf = (person: string) => (members.includes(person) ? 'member' : 'staff')
    const grades = screens.map(({ name, person, surface }) => ({
      name,
      grade: Math.round(gradeOf(surface, readerOf(person)) * 10) / 10,
    }))
    expect(screens.filter(({ person }) => members.includes(person)).length).toBeGreaterThan(30)
    expect(grades.length).toBeGreaterThan(40)
    expect(Object.keys(EXEMPT).length).toBeLessThanOrEqual(10)
    expect(grades.filter(({ name, grade }) => grade > MOST_GRADE && !(name in EXEMPT))).toEqual([])
    // An exemption that is no longer needed goes.
    expect(
      Object.keys(EXEMPT).filter(
        (name) => !grades.some((one) => one.name === name && one.grade > MOST_GRADE),
      ),
    ).toEqual([])
  })

  it('has its promise below that grade by itself, counted as it sounds', () => {
    const { t } = loadContent().textsFor('en')
    const [first] = screens
    if (!first) throw new Error('the tour showed nothing')
    for (const reading of [t('privacy.promise'), t('welcome.promise')])
      expect(gradeOf({ ...first.surface, reading: [reading] }, 'member')).toBeLessThan(MOST_GRADE)
    // As it was.
    const before = 'Confidential: your facilitator and supervisor cannot see who answered what.'
    expect(gradeOf({ ...first.surface, reading: [before] }, 'member')).toBeGreaterThan(12)
  })

  it('is at that grade too where words are asked for and shown, which takes ten members', () => {
    const { t } = loadContent().textsFor('en')
    const reading = [
      t('checkin.words'),
      t('checkin.wordsHint.shared', { least: 10, days: 30 }),
      t('checkin.wordsHint.staff', { least: 10, days: 30 }),
      t('words.intro'),
      t('words.dontGuess', { days: 30 }),
    ]
    const [first] = screens
    if (!first) throw new Error('the tour showed nothing')
    expect(gradeOf({ ...first.surface, reading })).toBeLessThanOrEqual(MOST_GRADE)
  })

  it('is at that grade too where a programme closes, in a full digest and on a report', () => {
    const { t } = loadContent().textsFor('en')
    const [first] = screens
    if (!first) throw new Error('the tour showed nothing')
    const grade = (...reading: string[]) => gradeOf({ ...first.surface, reading })
    const bands = {
      scale: 'Group climate',
      first: t('summary.band.low'),
      last: t('summary.band.high'),
    }
    const size = { size: 1.4, low: 0.7, high: 2, from: 1, to: 5 }
    expect(
      grade(
        t('closing.title'),
        t('closing.sessions', { held: 11, cancelled: 1 }),
        t('closing.kept', { months: 12 }),
        t('closing.span', { from: '3 March', to: '19 May' }),
        t('closing.hidden', { count: 2 }),
        `${t('closing.scale', bands)} ${t('closing.change.higher', { basis: 'assumed' })}`,
        t('closing.size', size),
        t('closing.standardised', size),
        t('closing.sizes'),
        t('summary.cannotTell'),
      ),
    ).toBeLessThanOrEqual(MOST_GRADE)
    expect(grade(t('closing.nothing'), t('closing.change.roster'))).toBeLessThanOrEqual(MOST_GRADE)
    expect(
      grade(
        t('digest.ended'),
        t('digest.chance'),
        t('summary.missing'),
        t('summary.change.hidden'),
        t('digest.dropped'),
      ),
    ).toBeLessThanOrEqual(MOST_GRADE)
    expect(grade(t('report.intro', { k: 11 }), t('report.none', { k: 11 }))).toBeLessThanOrEqual(
      MOST_GRADE,
    )
  })

  it('gives a screen reader a name for every field and every button', () => {
    const { inputs, nameless } = namesIn(screens.map(({ payload }) => payload))
    expect(inputs).toBeGreaterThan(60)
    expect(nameless).toEqual([])
  })

  it('would be refused without one (negative control)', () => {
    const bare = [
      { type: 'input', label: { type: 'plain_text', text: ' ' } },
      { type: 'Input.Text', id: 'x' },
    ]
    expect(namesIn(bare).nameless).toHaveLength(2)
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
