import { z } from 'zod'
import diagnosisWordsJson from './diagnosis-words.json' with { type: 'json' }
import { type HelpLines, readHelpLines } from './help-lines.ts'
import chronicIllnessSupport from './kinds/chronic-illness-support.json' with { type: 'json' }
import dualDiagnosis from './kinds/dual-diagnosis.json' with { type: 'json' }
import healthEducation from './kinds/health-education.json' with { type: 'json' }
import psychoeducation from './kinds/psychoeducation.json' with { type: 'json' }
import rehabilitation from './kinds/rehabilitation.json' with { type: 'json' }
import therapeuticSupport from './kinds/therapeutic-support.json' with { type: 'json' }
import openersJson from './prompts/openers.json' with { type: 'json' }
import { type QuestionSet, questionSetSchema, wording } from './question-set.ts'
import daysAndHealth from './question-sets/days-and-health.json' with { type: 'json' }
import daysAndMood from './question-sets/days-and-mood.json' with { type: 'json' }
import daysOfChange from './question-sets/days-of-change.json' with { type: 'json' }
import daysOfRecovery from './question-sets/days-of-recovery.json' with { type: 'json' }
import daysWithIllness from './question-sets/days-with-illness.json' with { type: 'json' }
import gad2 from './question-sets/gad-2.json' with { type: 'json' }
import gad7 from './question-sets/gad-7.json' with { type: 'json' }
import medicineDays from './question-sets/medicine-days.json' with { type: 'json' }
import ons4 from './question-sets/ons4.json' with { type: 'json' }
import phq2 from './question-sets/phq-2.json' with { type: 'json' }
import phq4 from './question-sets/phq-4.json' with { type: 'json' }
import phq8 from './question-sets/phq-8.json' with { type: 'json' }
import pulse1 from './question-sets/pulse-1.json' with { type: 'json' }
import pulse2 from './question-sets/pulse-2.json' with { type: 'json' }
import { readSiteSets } from './site-sets.ts'
import { createTextsFor, type Texts } from './texts.ts'

export type { QuestionSet } from './question-set.ts'
export {
  LANGUAGES,
  type Language,
  type TextKey,
  type Texts,
  type Wording,
} from './texts.ts'

const wordingList = z
  .object({ en: z.array(z.string().min(1)).min(1) })
  .catchall(z.array(z.string().min(1)))

const kindSchema = z.object({
  id: z.string(),
  title: wording,
  sizeHint: z.object({ from: z.int(), to: z.int() }),
  /**
   * Check-ins that a new group is asked around its sessions; `isOffered`: not by itself,
   * facilitators can add it.
   */
  checkIns: z.array(
    z.object({
      questionSet: z.string(),
      timing: z.enum(['before', 'after']),
      openHours: z.int().min(1),
      everyNth: z.int().min(1),
      audience: z.enum(['shared', 'staff']),
      stages: z.array(z.enum(['beginning', 'middle', 'ending'])).min(1),
      isOffered: z.boolean(),
    }),
  ),
  /** False where being a member is itself protected: no channel, and no member list for members. */
  mayUseChannel: z.boolean(),
  /**
   * True where people may be in crisis: check-ins open only with somebody to ask for and a backup,
   * or with a reason that the form tells.
   */
  needsContact: z.boolean(),
  goals: wordingList,
  agreement: wordingList,
  /** One thing for the facilitators to think of, by stage. */
  stagePrompts: z.object({
    planning: wording,
    beginning: wording,
    middle: wording,
    ending: wording,
  }),
})
export type Kind = z.infer<typeof kindSchema>

/** Findings about a group, the most pressing one; `none`: there is no result. */
export const FINDINGS = ['lower', 'low', 'apart', 'middle', 'none', 'higher', 'high'] as const
export type Finding = (typeof FINDINGS)[number]

/**
 * Ways to open a session with the whole group, each for some stages and findings, with its source.
 * Never about a person.
 */
const openerSchema = z.object({
  id: z.string(),
  stages: z.array(z.enum(['beginning', 'middle', 'ending'])).min(1),
  findings: z.array(z.enum(FINDINGS)).min(1),
  text: wording,
  source: z.string().min(1),
})
export type Opener = z.infer<typeof openerSchema>

export type Content = {
  /** The newest version of each set, by id: what a new check-in asks. */
  questionSets: ReadonlyMap<string, QuestionSet>
  /** The very version that a check-in was opened with. Throws when its file was taken away. */
  questionSet(id: string, version: number): QuestionSet
  /** Whether it is still there. */
  hasQuestionSet(id: string, version: number): boolean
  kinds: ReadonlyMap<string, Kind>
  helpLines: HelpLines
  openers: readonly Opener[]
  diagnosisWords: readonly string[]
  /** Words for a language tag such as "en-GB"; null or an unknown language gives English. */
  textsFor(languageTag: string | null): Texts
}

const KINDS = [
  chronicIllnessSupport,
  rehabilitation,
  healthEducation,
  therapeuticSupport,
  psychoeducation,
  dualDiagnosis,
]

const QUESTION_SETS = [
  daysAndHealth,
  daysAndMood,
  daysOfChange,
  daysOfRecovery,
  daysWithIllness,
  gad2,
  gad7,
  medicineDays,
  ons4,
  phq2,
  phq4,
  phq8,
  pulse1,
  pulse2,
]

/**
 * Reads and checks all content, the sets in a site's own directory, and its own file of help lines
 * (null: none). Throws when a file does not fit its schema: the build is wrong, not the person;
 * SetupError for a site's own.
 */
export function loadContent(
  siteSets: string | null = null,
  linesFile: string | null = null,
): Content {
  // A changed set is a new file with a new version; the old one stays for what was asked with it.
  const questionSets = [
    ...QUESTION_SETS.map((set) => questionSetSchema.parse(set)),
    ...(siteSets ? readSiteSets(siteSets) : []),
  ].sort((a, b) => a.version - b.version)
  const kinds = KINDS.map((kind) => kindSchema.parse(kind))
  const find = (id: string, version: number) =>
    questionSets.find((set) => set.id === id && set.version === version)
  return {
    questionSets: new Map(questionSets.map((set) => [set.id, set])),
    questionSet: (id, version) => {
      const set = find(id, version)
      if (!set) throw new Error(`question set ${id} version ${version} is not in the content`)
      return set
    },
    hasQuestionSet: (id, version) => find(id, version) !== undefined,
    kinds: new Map(kinds.map((kind) => [kind.id, kind])),
    helpLines: readHelpLines(linesFile),
    openers: z.array(openerSchema).parse(openersJson.openers),
    diagnosisWords: Object.values(diagnosisWordsJson).flat(),
    textsFor: createTextsFor(),
  }
}

/** A list in the language, such as goals; English when it is missing there. */
export function pickList(
  texts: Texts,
  lists: { en: string[] } & Record<string, string[]>,
): string[] {
  return lists[texts.language.split('-')[0] ?? 'en'] ?? lists.en
}
