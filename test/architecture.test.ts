import { describe, expect, it } from 'vitest'
import { circles, INVARIANTS, invariantFindings, longFiles, rankFindings, readSources } from './architecture.ts'

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

  it('fails on domain code that reads the clock', () => {
    expect(invariantFindings(wrong).join()).toContain('domain/reads-clock.ts')
  })
})
