import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  circles,
  INVARIANTS,
  invariantFindings,
  longFiles,
  openings,
  rankFindings,
  readSources,
  wideLines,
} from './architecture.ts'

const sources = readSources('src')
const wrong = readSources('test/fixtures/architecture')

describe('the house', () => {
  it('imports only downwards', () => {
    expect(rankFindings(sources)).toEqual([])
  })

  it('has no circles', () => {
    expect(circles(sources)).toEqual([])
  })

  it.each(INVARIANTS.map((rule) => rule.name))('%s', (name) => {
    expect(invariantFindings(sources).filter((finding) => finding.endsWith(name))).toEqual([])
  })

  it('keeps files short', () => {
    expect(longFiles(sources, 250)).toEqual([])
  })

  it('keeps lines to a hundred columns', () => {
    expect(wideLines(sources, 100)).toEqual([])
  })

  it('opens the sentences of its comments with a subject, not with a question word', () => {
    const schema = fs.readFileSync('prisma/schema.prisma', 'utf8')
    const tests = readSources('test').filter(({ file }) => !file.startsWith('fixtures/arch'))
    const all = [
      ...sources,
      ...tests,
      ...readSources('scripts'),
      { file: 'schema.prisma', text: schema, imports: [] },
    ]
    const { found, sentences } = openings(all)
    expect(sentences).toBeGreaterThan(2_500)
    expect(found).toEqual([])
  })
})

describe('the test of the house (negative controls)', () => {
  it('fails on an import that goes up', () => {
    expect(rankFindings(wrong)).toContain(
      'domain/wrong-rank.ts imports store/database.ts, which does not rank below it',
    )
  })

  it('fails on a circle', () => {
    expect(circles(wrong).join()).toContain('domain/wrong-rank.ts')
  })

  it('fails on a comment that opens with a question word, and on a wide line', () => {
    expect(openings(wrong).found).toEqual(['domain/reads-clock.ts: What the time is.'])
    expect(wideLines(wrong, 100)).toHaveLength(1)
  })

  it('fails on domain code that reads the clock', () => {
    expect(invariantFindings(wrong).join()).toContain('domain/reads-clock.ts')
  })
})
