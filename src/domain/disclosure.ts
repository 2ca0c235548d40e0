import { z } from 'zod'
import type { QuestionSet } from '../content/question-set.ts'
import { CHANGES, type Change, changeOf, type Noise } from './change.ts'
import {
  BANDS,
  type Band,
  EARLIER_BANDS,
  earlierBandOf,
  figuresOf,
  RESPONSE_BANDS,
  type ResponseBand,
  responseBand,
  tallyOf,
} from './figures.ts'
import type { UnitResult } from './unit.ts'

/**
 * Answers needed before anything of a unit is shown: to members and staff, to staff alone, outside
 * the team.
 */
export const LEAST_ANSWERS = { shared: 6, staff: 5, outside: 11 } as const
/** Thresholds that an organisation, and a plan of it, may raise: never lower. */
export type Thresholds = { leastShared: number; leastStaff: number }

/**
 * Answers that a unit needs: the greatest of the built-in number, the organisation's and the plan's
 * (null: none of its own).
 */
export function answersNeeded(
  audience: 'shared' | 'staff',
  own: Thresholds,
  ofPlan: number | null,
): number {
  const ofOrganisation = audience === 'shared' ? own.leastShared : own.leastStaff
  return Math.max(LEAST_ANSWERS[audience], ofOrganisation, ofPlan ?? 0)
}

/**
 * Members who must have written before any words of a unit are shown (privacy design, section 1).
 */
export const LEAST_WRITERS = 10
export type { Change } from './change.ts'
export { BANDS, type Band, type ResponseBand, responseBand } from './figures.ts'

declare const disclosed: unique symbol

/**
 * The part of one unit that may be shown; only this module can make one. A scale's `mean` is on 0
 * to 1 (null below 11 answers or near an end), `highTenths` is a share of high answers in tenths
 * (null when a side has fewer than three).
 */
export type Disclosed = { readonly [disclosed]: true } & (
  | { readonly kind: 'tooFew' }
  | { readonly kind: 'lost' }
  | {
      readonly kind: 'shown'
      readonly response: ResponseBand
      readonly scales: readonly DisclosedScale[]
    }
)
export type DisclosedScale = {
  readonly scaleId: string
  readonly band: Band
  readonly mean: number | null
  readonly highTenths: number | null
  /** Against earlier units; null when there is none to compare with. */
  readonly change: Change | null
  /** How many units those are; 0: none, or one, decided before 28 November 2026. */
  readonly against: number
  /** Whether only an assumption says how far such results move by themselves. */
  readonly isAssumed: boolean
  /** Whether it may leave the team: eleven or more answered it. */
  readonly isOutside: boolean
}

/**
 * Whether members get what staff get. A unit made for staff alone is not shown to members, not even
 * its absence.
 */
export function mayMembersSee(audience: 'shared' | 'staff'): boolean {
  return audience === 'shared'
}

/**
 * Decides what may be shown of a unit, once, when it is published: the store keeps this, and not
 * the sums behind it. Every published figure is a function of whole units; `earlier` are those that
 * the group published before of the same questions, newest first. Whether something moved is the
 * same wherever it is shown: two rules for one difference would tell how large it is.
 * `noise`: what was learnt of it; left out: nothing.
 */
export function disclose(
  set: QuestionSet,
  unit: UnitResult,
  earlier: readonly UnitResult[],
  noise: Noise = new Map(),
): Disclosed {
  if (unit.state === 'lost') return seal({ kind: 'lost' })
  const { release } = unit
  // A changed number in the store gives nothing of fewer people than staff may ever see.
  const k = Math.max(unit.k, LEAST_ANSWERS.staff)
  if (!release || release.answered < k) return seal({ kind: 'tooFew' })
  const outside = Math.max(k, LEAST_ANSWERS.outside)
  const scales = set.scales.flatMap((scale) => {
    const tally = tallyOf(unit, scale.id)
    if (!tally || tally.answers < k) return []
    const told = changeOf(set, scale, unit, earlier, noise) ?? {
      change: null,
      against: 0,
      isAssumed: false,
    }
    const isOutside = Math.min(tally.answers, release.answered) >= outside
    return [{ scaleId: scale.id, ...figuresOf(tally), ...told, isOutside }]
  })
  if (scales.length === 0) return seal({ kind: 'tooFew' })
  return seal({ kind: 'shown', response: responseBand(release.answered, release.invited), scales })
}

/** As it is kept: a level in the earlier words, which the version before reads, and in its own. */
const storedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tooFew') }),
  z.object({
    kind: z.literal('shown'),
    response: z.enum(RESPONSE_BANDS),
    scales: z.array(
      z.object({
        scaleId: z.string(),
        band: z.enum(EARLIER_BANDS),
        /** Since 28 November 2026. */
        level: z.enum(BANDS).optional(),
        mean: z.number().nullable(),
        highTenths: z.int().nullable(),
        change: z.enum(CHANGES).nullable(),
        against: z.int().min(0).default(0),
        isAssumed: z.boolean().default(false),
        isOutside: z.boolean(),
      }),
    ),
  }),
])

/** A decision as the store keeps it. */
export function storedOf(disclosed: Disclosed): object {
  if (disclosed.kind !== 'shown') return disclosed
  const scales = disclosed.scales.map(({ band, ...scale }) => ({
    ...scale,
    band: earlierBandOf(band),
    level: band,
  }))
  return { ...disclosed, scales }
}

/**
 * Reads the decision that was made when a unit was published. `stored`: as the store kept it; null
 * when the unit published nothing. Throws when it is none of the gate's.
 */
export function readDisclosed(state: UnitResult['state'], stored: unknown): Disclosed {
  if (state === 'lost') return seal({ kind: 'lost' })
  const kept = stored === null ? ({ kind: 'tooFew' } as const) : storedSchema.parse(stored)
  if (kept.kind === 'tooFew') return seal(kept)
  const scales = kept.scales.map(({ level, band, ...scale }) => ({ ...scale, band: level ?? band }))
  return seal({ ...kept, scales })
}

declare const outsideDisclosed: unique symbol
/**
 * One scale of one unit as it may leave the team. Null: fewer than eleven answered, or the unit
 * published nothing.
 */
export type DisclosedOutside = {
  readonly [outsideDisclosed]: true
  readonly scales: readonly { scaleId: string; shown: { band: Band; mean: number | null } | null }[]
}

/**
 * The part of what a unit showed that a report may hold: scales that eleven or more answered; no
 * share, no change, no number of people.
 */
export function discloseOutside(set: QuestionSet, disclosed: Disclosed): DisclosedOutside {
  const scales = set.scales.map(({ id: scaleId }) => {
    const one =
      disclosed.kind === 'shown'
        ? disclosed.scales.find((scale) => scale.scaleId === scaleId && scale.isOutside)
        : undefined
    return { scaleId, shown: one ? { band: one.band, mean: one.mean } : null }
  })
  return { scales } as Omit<DisclosedOutside, typeof outsideDisclosed> as DisclosedOutside
}

declare const wordsDisclosed: unique symbol
/**
 * The words of one unit, in an order of their own; only this module can say that they may be shown.
 */
export type DisclosedWords = readonly string[] & { readonly [wordsDisclosed]: true }

/**
 * The words of a unit that was released (only one that met its own k is), and in which enough
 * members wrote (the count is checked again where there are fewer).
 */
export function discloseWords(
  state: UnitResult['state'],
  words: readonly string[],
): DisclosedWords | null {
  return state === 'released' && words.length >= LEAST_WRITERS ? (words as DisclosedWords) : null
}

type Unsealed<T> = T extends unknown ? Omit<T, typeof disclosed> : never
const seal = (result: Unsealed<Disclosed>): Disclosed => result as Disclosed
