import { IntlMessageFormat } from 'intl-messageformat'
import { LRUCache } from 'lru-cache'
import en from './locales/en.json' with { type: 'json' }
import es from './locales/es.json' with { type: 'json' }

export type TextKey = keyof typeof en
type TextValues = Record<string, string | number>
/** The same words in each language that has them; English always. */
export type Wording = { en: string } & Record<string, string>

/** Words in one person's language. `language` is the tag that dates are formatted with. */
export type Texts = {
  language: string
  t(key: TextKey, values?: TextValues): string
  pick(wording: Wording): string
  /** "a, b and c". */
  join(words: readonly string[]): string
}

/** A language that every text is complete in, and its own name for itself. */
export type Language = { id: string; name: string }
export const LANGUAGES: readonly Language[] = [
  { id: 'en', name: 'English' },
  { id: 'es', name: 'Español' },
]

/** One file adds a language: here, in LANGUAGES and in the import above. */
const LOCALES: Record<string, Record<TextKey, string>> = { en, es }

/** Tags that are remembered as they came; far more than one organisation's people have. */
const MOST_TAGS = 200

export function createTextsFor(): (languageTag: string | null) => Texts {
  const byTag = new LRUCache<string, Texts>({ max: MOST_TAGS })
  const asGiven = new LRUCache<string, Texts>({ max: MOST_TAGS })
  const find = (languageTag: string | null): Texts => {
    const language = languageTag?.split(/[-_]/)[0]?.toLowerCase() ?? 'en'
    const known = LOCALES[language] ? language : 'en'
    const tag = languageTag && known === language ? canonicalTag(languageTag) : 'en-GB'
    const cached = byTag.get(tag)
    if (cached) return cached
    const texts = createTexts(tag, known, LOCALES[known] ?? en)
    byTag.set(tag, texts)
    return texts
  }
  // Every request asks, and Intl takes its time to read a tag.
  return (languageTag) => {
    const known = asGiven.get(languageTag ?? '')
    if (known) return known
    const texts = find(languageTag)
    asGiven.set(languageTag ?? '', texts)
    return texts
  }
}

/** Slack says en_GB, Intl wants en-GB; a tag that Intl cannot read falls back to its language. */
function canonicalTag(languageTag: string): string {
  try {
    return Intl.getCanonicalLocales(languageTag.replaceAll('_', '-'))[0] ?? 'en-GB'
  } catch {
    return 'en-GB'
  }
}

function createTexts(tag: string, language: string, messages: Record<TextKey, string>): Texts {
  const formats = new Map<TextKey, IntlMessageFormat>()
  const lists = new Intl.ListFormat(tag, { type: 'conjunction' })
  return {
    language: tag,
    pick: (text) => text[language] ?? text.en,
    join: (words) => lists.format(words),
    t: (key, values) => {
      let format = formats.get(key)
      if (!format) {
        format = new IntlMessageFormat(messages[key], tag, undefined, { ignoreTag: true })
        formats.set(key, format)
      }
      return String(format.format(values))
    },
  }
}
