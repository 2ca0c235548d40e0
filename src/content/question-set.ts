import { z } from 'zod'

/** Words by language; English is always there. */
export const wording = z.object({ en: z.string().min(1) }).catchall(z.string().min(1))

/** More questions would not be a check-in of a minute. */
const MAX_QUESTIONS = 8
/** Scales that one release may show: each costs a place in the budget of releases. */
const MAX_SCALES = 4

const optionSchema = z.object({
  /** Null: "does not apply", which counts as no answer. */
  value: z.int().min(0).max(100).nullable(),
  label: wording,
})

const questionSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,23}$/),
  text: wording,
  /** Names the set's options that it is answered with. */
  options: z.string(),
  /**
   * Asks about harm to oneself or others: never in a check-in, where nobody reads answers one by
   * one.
   */
  isRisk: z.boolean(),
  loinc: z.string().nullable(),
})

const scaleSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,23}$/),
  title: wording,
  questions: z.array(z.string()).min(1),
  /** Questions that count the other way round. */
  reversed: z.array(z.string()),
  /**
   * `sum`: shown on the range of the sum; `mean`: on the range of one question. Missing answers
   * count as the mean of the others.
   */
  score: z.enum(['sum', 'mean']),
  /** With fewer answers the scale is missing for that member. */
  leastAnswered: z.int().min(1),
  highIs: z.enum(['better', 'worse']),
  /**
   * For the noise band: spread and reliability of one member's mean, in steps of a question, and
   * where they come from.
   */
  noise: z.object({
    sdSteps: z.number().positive(),
    // One of 1 would leave no error at all, and every difference a change.
    reliability: z.number().min(0).lt(1),
    /** Whether `source` published them, for people like these, or they are a stated assumption. */
    basis: z.enum(['assumed', 'published']).default('assumed'),
    source: z.string().min(1),
  }),
  loinc: z.string().nullable(),
})

export const questionSetSchema = z
  .object({
    id: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/),
    version: z.int().min(1).max(65_535),
    title: wording,
    /** Where wording and scoring come from. */
    source: z.string().min(1),
    licence: z.string().min(1),
    /** The rights notice that has to stand on the form: rights, or that it is not validated. */
    notice: wording,
    isValidated: z.boolean(),
    /** The days that the questions ask about: asking again sooner would count a day twice. */
    recallDays: z.int().min(1).max(366),
    /** The words before the first question; null: nothing. */
    stem: wording.nullable(),
    options: z.record(z.string(), z.array(optionSchema).min(2).max(11)),
    questions: z.array(questionSchema).min(1).max(MAX_QUESTIONS),
    scales: z.array(scaleSchema).min(1).max(MAX_SCALES),
  })
  .superRefine((set, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', message })
    const ids = set.questions.map(({ id }) => id)
    if (new Set(ids).size !== ids.length) complain('two questions have one id')
    for (const { id, options } of set.questions) {
      const values = set.options[options]?.flatMap(({ value }) => value ?? [])
      if (!values) complain(`question ${id} has no options "${options}"`)
      else if (values.length < 2 || new Set(values).size !== values.length)
        complain(`question ${id} needs two or more different values`)
    }
    for (const scale of set.scales) {
      const own = scale.questions.map((id) => set.questions.find((question) => question.id === id))
      if (own.includes(undefined)) complain(`scale ${scale.id} names a question that is not there`)
      if (scale.reversed.some((id) => !scale.questions.includes(id)))
        complain(`scale ${scale.id} reverses a question that is not its own`)
      if (scale.leastAnswered > scale.questions.length)
        complain(`scale ${scale.id} needs more answers than it has`)
      const spans = own.map((question) => (question ? spanOf(set, question.options) : 0))
      if (new Set(spans).size > 1) complain(`scale ${scale.id} mixes questions of different ranges`)
    }
    // Two sums over nearly the same people may differ by one person's answer: no question counts
    // twice.
    const counted = set.scales.flatMap(({ questions }) => questions)
    if (new Set(counted).size !== counted.length) complain('a question counts in two scales')
  })

const spanOf = (
  set: { options: Record<string, { value: number | null }[]> },
  name: string,
): number => {
  const values = set.options[name]?.flatMap(({ value }) => value ?? []) ?? []
  return Math.max(...values) - Math.min(...values)
}

/**
 * Questions asked together: their words, their rights, how they are scored, and the assumptions
 * behind the noise band.
 */
export type QuestionSet = z.infer<typeof questionSetSchema>
export type Scale = QuestionSet['scales'][number]

/** The options of a question, in their order; empty when it is not the set's. */
export function optionsOf(set: QuestionSet, questionId: string): QuestionSet['options'][string] {
  const question = set.questions.find(({ id }) => id === questionId)
  return (question && set.options[question.options]) ?? []
}

/** Least and greatest value of a question. */
export function rangeOf(set: QuestionSet, questionId: string): { from: number; to: number } {
  const values = optionsOf(set, questionId).flatMap(({ value }) => value ?? [])
  return { from: Math.min(...values), to: Math.max(...values) }
}

/**
 * Whether two sets ask something in the same words: results of both would stand on the same
 * answers, and tell more of them than either.
 */
export function sharesItems(one: QuestionSet, other: QuestionSet): boolean {
  const words = (set: QuestionSet) => set.questions.map(({ text }) => text.en.trim().toLowerCase())
  const asked = new Set(words(one))
  return words(other).some((question) => asked.has(question))
}

/** The question that makes a set unfit for check-ins; null when none does. */
export function riskQuestion(set: QuestionSet): string | null {
  return set.questions.find(({ isRisk }) => isRisk)?.id ?? null
}
