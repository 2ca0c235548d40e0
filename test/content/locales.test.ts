import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, it } from 'vitest'
import { LANGUAGES, loadContent } from '../../src/content/load.ts'
import en from '../../src/content/locales/en.json' with { type: 'json' }
import es from '../../src/content/locales/es.json' with { type: 'json' }

const ENGLISH: Record<string, string> = en
const SPANISH: Record<string, string> = es
const content = loadContent()

type Part = { type: number; value?: string; options?: Record<string, { value: Part[] }> }
/** The names of a text's values, as its own parser sees them: {count}, {count, plural, …}. */
const valuesOf = (text: string): string[] => {
  const names = (parts: Part[]): string[] =>
    parts.flatMap(({ type, value, options }) => [
      ...(type === LITERAL || type === POUND ? [] : [value ?? '']),
      ...Object.values(options ?? {}).flatMap((option) => names(option.value)),
    ])
  return [...new Set(names(new IntlMessageFormat(text, 'en').getAst() as Part[]))].sort()
}
const LITERAL = 0
const POUND = 7

/** Every wording of kinds and question sets. */
const wordings = (node: unknown): Record<string, unknown>[] =>
  typeof node !== 'object' || node === null
    ? []
    : 'en' in node
      ? [node as Record<string, unknown>]
      : Object.values(node).flatMap(wordings)

describe('the languages', () => {
  it('have the same keys, in the same order', () => {
    expect(Object.keys(es)).toEqual(Object.keys(en))
  })

  it('name the same values in each text', () => {
    const different = Object.keys(en).filter((key) => {
      return valuesOf(ENGLISH[key] ?? '').join() !== valuesOf(SPANISH[key] ?? '').join()
    })
    expect(different).toEqual([])
  })

  it('say nothing in Spanish that is still English', () => {
    const same = Object.keys(en).filter(
      (key) =>
        ENGLISH[key] === SPANISH[key] &&
        /[a-z]{3}/.test(ENGLISH[key]?.replace(/\{[^}]*\}/g, '') ?? ''),
    )
    // The product's name, and words that both languages share.
    expect(same).toEqual(['home.title', 'mydata.role.supervisor'])
  })

  it.each(LANGUAGES.map(({ id }) => id))(
    'format every text in %s with every value that it names',
    (language) => {
      const { t } = content.textsFor(language)
      const broken = Object.keys(en).filter((key) => {
        const values = Object.fromEntries(valuesOf(ENGLISH[key] ?? '').map((name) => [name, 2]))
        try {
          return /\{|undefined/.test(t(key as keyof typeof en, values))
        } catch {
          return true
        }
      })
      expect(broken).toEqual([])
    },
  )

  it('shout nowhere, in no language', () => {
    expect(Object.entries({ ...en }).filter(([, text]) => /[!¡]/.test(text))).toEqual([])
    expect(Object.entries({ ...es }).filter(([, text]) => /[!¡]/.test(text))).toEqual([])
  })

  it('reach every wording of kinds and question sets, with as many lines', () => {
    // Others' questions stand in the words that their source allows.
    const own = [...content.questionSets.values()].filter(({ licence }) => licence === 'Apache-2.0')
    const all = [...content.kinds.values(), ...own].flatMap(wordings)
    expect(all.length).toBeGreaterThan(50)
    const length = (words: unknown) => (Array.isArray(words) ? words.length : typeof words)
    const lacking = all.flatMap((wording) =>
      LANGUAGES.filter(({ id }) => length(wording[id]) !== length(wording.en)).map(
        ({ id }) => `${id}: ${JSON.stringify(wording.en)}`,
      ),
    )
    expect(lacking).toEqual([])
  })

  it('speak to each person in theirs, and to who has none in the organisation’s', () => {
    expect(content.textsFor('es-MX').t('button.open')).toBe('Abrir')
    expect(content.textsFor('es_ES').join(['a', 'b', 'c'])).toBe('a, b y c')
    expect(content.textsFor('la').t('button.open')).toBe('Open')
  })
})

describe('the six kinds', () => {
  it('are there, and the one whose membership is protected uses no channel', () => {
    expect([...content.kinds.keys()].sort()).toEqual([
      'chronic-illness-support',
      'dual-diagnosis',
      'health-education',
      'psychoeducation',
      'rehabilitation',
      'therapeutic-support',
    ])
    expect(
      [...content.kinds.values()].filter(({ mayUseChannel }) => !mayUseChannel).map(({ id }) => id),
    ).toEqual(['dual-diagnosis'])
  })
})
