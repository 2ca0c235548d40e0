import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadContent } from '../../src/content/load.ts'
import { addSiteSet, checkSet, readSiteSets } from '../../src/content/site-sets.ts'
import { ownDir } from '../ends.ts'

const home = ownDir()
const shipped = loadContent().questionSet('pulse', 1)
const own = { ...shipped, id: 'our-set', licence: 'Ours; for our groups only' }
const check = (set: unknown) => checkSet('our.json', JSON.stringify(set))
const withQuestion = (change: object) => ({
  ...own,
  questions: own.questions.map((question, index) =>
    index === 0 ? { ...question, ...change } : question,
  ),
})

describe('a site’s own set', () => {
  it('is kept, and offered with the shipped ones after the next start', () => {
    const directory = path.join(home, 'sets')
    const file = addSiteSet(directory, check(own))
    expect(fs.existsSync(file)).toBe(true)
    expect(readSiteSets(directory)).toEqual([own])
    expect(loadContent(directory).questionSets.get('our-set')).toEqual(own)
    expect(() => addSiteSet(directory, check(own))).toThrow(
      /version 1 of "our-set" is there already/,
    )
  })
  it('is refused with the reason when it asks about harm', () => {
    expect(() => check(withQuestion({ isRisk: true }))).toThrow(/Nobody reads check-ins one by one/)
  })
  it('is refused from its directory too, so that copying a file goes round nothing', () => {
    const directory = path.join(home, 'risky')
    fs.mkdirSync(directory)
    fs.writeFileSync(path.join(directory, 'a.json'), JSON.stringify(withQuestion({ isRisk: true })))
    expect(() => loadContent(directory)).toThrow(/asks about harm/)
  })
  it.each<[string, unknown, RegExp]>([
    ['is not JSON', 'x', /expected/],
    ['has no licence', { ...own, licence: undefined }, /licence/],
    [
      'names options that are not there',
      withQuestion({ options: 'other' }),
      /has no options "other"/,
    ],
    ['asks nine questions', { ...own, questions: Array(9).fill(own.questions[0]) }, /questions/],
    [
      'asks one question twice',
      { ...own, questions: [...own.questions, own.questions[0]] },
      /two questions have one id/,
    ],
    [
      'counts a question in two scales',
      { ...own, scales: [own.scales[0], { ...own.scales[0], id: 'b' }] },
      /two scales/,
    ],
    [
      'scores a question that is not there',
      { ...own, scales: [{ ...own.scales[0], questions: ['x'], leastAnswered: 1 }] },
      /names a question/,
    ],
    [
      'reverses another scale’s question',
      { ...own, scales: [{ ...own.scales[0], reversed: ['x'] }] },
      /reverses a question/,
    ],
    [
      'needs more answers than it has',
      { ...own, scales: [{ ...own.scales[0], leastAnswered: 9 }] },
      /more answers/,
    ],
    [
      'mixes ranges in one scale',
      {
        ...withQuestion({ options: 'days' }),
        options: {
          ...own.options,
          days: [0, 7].map((value) => ({ value, label: { en: String(value) } })),
        },
      },
      /mixes questions of different ranges/,
    ],
  ])('is refused when it %s', (_, set, reason) => {
    expect(() => check(set)).toThrow(reason)
  })
})

it('the example in the documentation is a set that fits', () => {
  const example =
    /```json\n([\s\S]*?)```/.exec(fs.readFileSync('docs/question-sets.md', 'utf8'))?.[1] ?? ''
  expect(checkSet('docs', example).id).toBe('our-set')
})
