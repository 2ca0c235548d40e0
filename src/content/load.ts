import { IntlMessageFormat } from 'intl-messageformat'
import { z } from 'zod'
import crisisLinesJson from './crisis-lines.json' with { type: 'json' }
import diagnosisWordsJson from './diagnosis-words.json' with { type: 'json' }
import therapeuticSupport from './kinds/therapeutic-support.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }
import pulse from './question-sets/pulse.json' with { type: 'json' }

export type TextKey = keyof typeof en
export type TextValues = Record<string, string | number>

/** Words in one person's language. `language` is the tag that dates are formatted with. */
export type Texts = { language: string; t(key: TextKey, values?: TextValues): string; pick(wording: Wording): string }

const wording = z.object({ en: z.string().min(1) }).catchall(z.string().min(1))
const wordingList = z.object({ en: z.array(z.string().min(1)).min(1) }).catchall(z.array(z.string().min(1)))
export type Wording = z.infer<typeof wording>

/** More questions would not be a check-in of a minute. */
const MAX_QUESTIONS = 8

const questionSetSchema = z.object({
  id: z.string(),
  version: z.int().min(1).max(65_535),
  title: wording,
  source: z.string(),
  licence: z.string(),
  recallDays: z.int().min(1),
  steps: z
    .array(z.object({ value: z.int(), label: wording }))
    .min(2)
    .max(9),
  questions: z
    .array(z.object({ id: z.string(), text: wording }))
    .min(1)
    .max(MAX_QUESTIONS),
  scales: z.array(
    z.object({
      id: z.string(),
      title: wording,
      questions: z.array(z.string()).min(1),
      leastAnswered: z.int().min(1),
      assumedSdSteps: z.number().positive(),
      assumedReliability: z.number().min(0).max(1),
    }),
  ),
})
/** Questions asked together, how they are scored, and the assumptions behind the noise band (they are not published). */
export type QuestionSet = z.infer<typeof questionSetSchema>

const kindSchema = z.object({
  id: z.string(),
  title: wording,
  sizeHint: z.object({ from: z.int(), to: z.int() }),
  questionSet: z.string(),
  audience: z.enum(['shared', 'staff']),
  goals: wordingList,
  agreement: wordingList,
})
export type Kind = z.infer<typeof kindSchema>

const crisisSchema = z.record(
  z.string().length(2),
  z.object({
    emergency: z.string(),
    lines: z
      .array(z.object({ name: z.string(), number: z.string(), source: z.string(), verifiedOn: z.iso.date() }))
      .min(1),
  }),
)
export type CrisisLines = z.infer<typeof crisisSchema>

export type Content = {
  /** The newest version of each set, by id: what a new check-in asks. */
  questionSets: ReadonlyMap<string, QuestionSet>
  /** The very version that a check-in was opened with. Throws when its file was taken away. */
  questionSet(id: string, version: number): QuestionSet
  kinds: ReadonlyMap<string, Kind>
  crisisLines: CrisisLines
  diagnosisWords: readonly string[]
  /** Words for a language tag such as "en-GB"; null or an unknown language gives English. */
  textsFor(languageTag: string | null): Texts
}

/** Reads and checks all content. Throws when a file does not fit its schema: the build is wrong, not the person. */
export function loadContent(): Content {
  // A changed set is a new file with a new version; the old one stays for what was asked with it.
  const questionSets = [pulse].map((set) => questionSetSchema.parse(set)).sort((a, b) => a.version - b.version)
  const kinds = [therapeuticSupport].map((kind) => kindSchema.parse(kind))
  return {
    questionSets: new Map(questionSets.map((set) => [set.id, set])),
    questionSet: (id, version) => {
      const set = questionSets.find((candidate) => candidate.id === id && candidate.version === version)
      if (!set) throw new Error(`question set ${id} version ${version} is not in the content`)
      return set
    },
    kinds: new Map(kinds.map((kind) => [kind.id, kind])),
    crisisLines: crisisSchema.parse(crisisLinesJson),
    diagnosisWords: Object.values(diagnosisWordsJson).flat(),
    textsFor: createTextsFor(),
  }
}

/** Languages that are complete. One file adds a language. */
const LOCALES: Record<string, Record<TextKey, string>> = { en }

/** Tags that are remembered as they came; far more than one organisation's people have. */
const MOST_TAGS = 200

function createTextsFor(): (languageTag: string | null) => Texts {
  const cache = new Map<string, Texts>()
  const asGiven = new Map<string | null, Texts>()
  const find = (languageTag: string | null): Texts => {
    const language = languageTag?.split(/[-_]/)[0]?.toLowerCase() ?? 'en'
    const known = LOCALES[language] ? language : 'en'
    const tag = languageTag && known === language ? canonicalTag(languageTag) : 'en-GB'
    const cached = cache.get(tag)
    if (cached) return cached
    const texts = createTexts(tag, known, LOCALES[known] ?? en)
    cache.set(tag, texts)
    return texts
  }
  // Every request asks, and Intl takes its time to read a tag.
  return (languageTag) => {
    const known = asGiven.get(languageTag)
    if (known) return known
    const texts = find(languageTag)
    if (asGiven.size < MOST_TAGS) asGiven.set(languageTag, texts)
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
  return {
    language: tag,
    pick: (text) => text[language] ?? text.en,
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

/** A list in the language, such as goals; English when it is missing there. */
export function pickList(texts: Texts, lists: { en: string[] } & Record<string, string[]>): string[] {
  return lists[texts.language.split('-')[0] ?? 'en'] ?? lists.en
}
