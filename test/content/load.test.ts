import { describe, expect, it } from 'vitest'
import { encodeBallot } from '../../src/ballot/box.ts'
import { loadContent } from '../../src/content/load.ts'
import en from '../../src/content/locales/en.json' with { type: 'json' }
import { rangeOf, riskQuestion } from '../../src/content/question-set.ts'
import { readSources } from '../architecture.ts'

const content = loadContent()
const entries = Object.entries(en)
const code = readSources('src')
  .map(({ text }) => text)
  .join('\n')

describe('the wording', () => {
  it('uses every key', () => {
    const isUsed = (key: string) => {
      if (code.includes(`'${key}'`)) return true
      const parts = key.split('.')
      // Keys made from a value, such as `summary.band.${band}`.
      return code.includes(`\`${parts.slice(0, -1).join('.')}.\${`)
    }
    expect(entries.map(([key]) => key).filter((key) => !isUsed(key))).toEqual([])
  })

  it('shouts nowhere', () => {
    expect(entries.filter(([, text]) => text.includes('!'))).toEqual([])
  })

  it('never promises too much', () => {
    expect(entries.filter(([, text]) => /fully anonymous|HIPAA|guarantee/i.test(text))).toEqual([])
  })

  it('keeps sentences under fifteen words', () => {
    const long = entries.flatMap(([key, text]) =>
      text
        .replace(/\{[^{}]*\{[^{}]*\}[^{}]*(\{[^{}]*\}[^{}]*)*\}/g, 'X')
        .split(/[.:?;] |\.$/)
        .filter((sentence) => sentence.split(/\s+/).filter(Boolean).length > 15)
        .map(() => key),
    )
    expect(long).toEqual([])
  })

  it('gives English for a language that it does not have, and formats for the tag that it has', () => {
    expect(content.textsFor('la').language).toBe('en-GB')
    expect(content.textsFor('en_US').language).toBe('en-US')
    expect(content.textsFor('not a tag').t('button.open')).toBe('Open')
  })
})

describe('the question sets', () => {
  it.each([...content.questionSets.values()])(
    '$id fits a ballot, and asks about no harm',
    (set) => {
      const widest = Object.fromEntries(set.questions.map(({ id }) => [id, rangeOf(set, id).to]))
      const bound = {
        unitId: '',
        checkInId: '',
        memberId: '',
        questionSetId: set.id,
        questionSetVersion: set.version,
      }
      expect(() => encodeBallot({ ...bound, asksText: false }, { answers: widest })).not.toThrow()
      expect(riskQuestion(set)).toBeNull()
    },
  )
})
