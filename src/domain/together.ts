import { z } from 'zod'
import type { QuestionSet } from '../content/question-set.ts'
import { CHANGES, type Change, type Effect, effectOf, type Noise } from './change.ts'
import { type Disclosed, disclose } from './disclosure.ts'
import { BANDS, type Band, EARLIER_BANDS, earlierBandOf, MEAN_PARTS } from './figures.ts'
import type { UnitResult } from './unit.ts'

/** A total over fewer groups would be one group's result under another name. */
const LEAST_GROUPS = 2

declare const totalDisclosed: unique symbol
/** Several groups together: how many of them showed each band of a scale. */
export type DisclosedTotal = {
  readonly [totalDisclosed]: true
  readonly scales: readonly { scaleId: string; groups: Readonly<Record<Band, number>> }[]
}

/**
 * Several groups together, one unit of each, all of which this reader is shown by itself. It takes
 * what was shown and nothing else: a total that weighs sums is one more threshold on each group's
 * own, and somebody who owns all groups but one reads that one off it. Null: fewer than two groups
 * showed anything.
 */
export function discloseTotal(
  set: QuestionSet,
  parts: readonly Disclosed[],
): DisclosedTotal | null {
  const scales = set.scales.flatMap(({ id: scaleId }) => {
    const bands = parts.flatMap((part) =>
      part.kind === 'shown'
        ? part.scales.filter((scale) => scale.scaleId === scaleId).map(({ band }) => band)
        : [],
    )
    if (bands.length < LEAST_GROUPS) return []
    const count = (band: Band) => bands.filter((one) => one === band).length
    const groups = Object.fromEntries(BANDS.map((band) => [band, count(band)]))
    return [{ scaleId, groups: groups as Record<Band, number> }]
  })
  return scales.length === 0
    ? null
    : ({ scales } as Omit<DisclosedTotal, typeof totalDisclosed> as DisclosedTotal)
}

declare const courseDisclosed: unique symbol
/**
 * The part of a programme's two ends that may be shown. `effect` is null below eleven answers, near
 * an end, and where nothing can be compared.
 */
export type DisclosedCourse = {
  readonly [courseDisclosed]: true
  readonly scales: readonly {
    scaleId: string
    first: Band
    last: Band
    change: Change
    isAssumed: boolean
    effect: Effect | null
  }[]
}

/**
 * Decides what may be shown of a programme as a whole: its first shown unit beside its last, by the
 * rule that holds between any two. The effect's size is made of the two rounded means that may be
 * shown anyway, so that it tells nothing more. Null: nothing to set side by side.
 */
export function discloseCourse(
  set: QuestionSet,
  first: UnitResult,
  last: UnitResult,
  noise: Noise = new Map(),
): DisclosedCourse | null {
  const [start, end] = [disclose(set, first, []), disclose(set, last, [first], noise)]
  if (start.kind !== 'shown' || end.kind !== 'shown') return null
  const scales = end.scales.flatMap(({ scaleId, band, mean, change, isAssumed }) => {
    const before = start.scales.find((one) => one.scaleId === scaleId)
    if (!before || change === null) return []
    const isMeasured = before.mean !== null && mean !== null && change !== 'roster'
    const effect = isMeasured
      ? effectOf(set, scaleId, [first, last], {
          parts: Math.round((mean - before.mean) * MEAN_PARTS),
          change,
          noise,
        })
      : null
    return [{ scaleId, first: before.band, last: band, change, isAssumed, effect }]
  })
  return scales.length === 0 ? null : sealCourse({ scales })
}

const [bandSchema, earlierSchema] = [z.enum(BANDS), z.enum(EARLIER_BANDS)]
const sizedSchema = z.object({ size: z.number(), low: z.number(), high: z.number() })
/** Levels in the earlier words, which version N-1 reads, and in their own. */
const courseSchema = z.object({
  scales: z.array(
    z.object({
      scaleId: z.string(),
      first: earlierSchema,
      last: earlierSchema,
      /** Since 28 November 2026. */
      levels: z.object({ first: bandSchema, last: bandSchema }).optional(),
      change: z.enum(CHANGES),
      isAssumed: z.boolean().default(false),
      /** Until 28 November 2026 in parts of an assumed spread: not told any more. */
      effect: z.unknown(),
      sizes: z.object({ onRange: sizedSchema, g: sizedSchema.nullable() }).nullable().default(null),
    }),
  ),
})

/** A course as it is kept. */
export const storedCourseOf = ({ scales }: DisclosedCourse): object => ({
  scales: scales.map(({ first, last, effect, ...scale }) => ({
    ...scale,
    effect: null,
    sizes: effect,
    first: earlierBandOf(first),
    last: earlierBandOf(last),
    levels: { first, last },
  })),
})

/** A course as it was decided when its last unit was published. Throws when it is none. */
export const readCourse = (stored: unknown): DisclosedCourse =>
  sealCourse({
    scales: courseSchema.parse(stored).scales.map(({ levels, sizes, effect: _, ...scale }) => ({
      ...scale,
      ...levels,
      effect: sizes,
    })),
  })

const sealCourse = (course: Omit<DisclosedCourse, typeof courseDisclosed>): DisclosedCourse =>
  course as DisclosedCourse
