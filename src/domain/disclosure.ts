import type { QuestionSet } from '../content/question-set.ts'
import { type Change, changeOf, effectOf } from './change.ts'
import {
  type Band,
  bandOf,
  figuresOf,
  type ResponseBand,
  responseBand,
  tallyOf,
} from './figures.ts'
import type { Effect } from './statistics.ts'
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
/** A total over fewer groups would be one group's result under another name. */
const LEAST_GROUPS = 2

export type { Band, ResponseBand } from './figures.ts'

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
  /** Against the unit before; null when there is none to compare with. */
  readonly change: Change | null
}

/**
 * Whether members get what staff get. A unit made for staff alone is not shown to members, not even
 * its absence.
 */
export function mayMembersSee(audience: 'shared' | 'staff'): boolean {
  return audience === 'shared'
}

/**
 * Decides what may be shown of a unit. Every published figure is a function of whole units;
 * `before` is the group's previous unit of the same question set, or null. Whether something moved
 * is the same wherever it is shown: two rules for one difference would tell how large it is.
 */
export function disclose(set: QuestionSet, unit: UnitResult, before: UnitResult | null): Disclosed {
  if (unit.state === 'lost') return seal({ kind: 'lost' })
  const { release } = unit
  // A changed number in the store gives nothing of fewer people than staff may ever see.
  const k = Math.max(unit.k, LEAST_ANSWERS.staff)
  if (!release || release.answered < k) return seal({ kind: 'tooFew' })
  const scales = set.scales.flatMap((scale) => {
    const tally = tallyOf(unit, scale.id)
    if (!tally || tally.answers < k) return []
    return [{ scaleId: scale.id, ...figuresOf(tally), change: changeOf(set, scale, unit, before) }]
  })
  if (scales.length === 0) return seal({ kind: 'tooFew' })
  return seal({ kind: 'shown', response: responseBand(release.answered, release.invited), scales })
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
 * The part of a unit that a report may hold: scales that eleven or more answered; no share, no
 * change, no number of people.
 */
export function discloseOutside(set: QuestionSet, unit: UnitResult): DisclosedOutside {
  const k = Math.max(unit.k, LEAST_ANSWERS.outside)
  const scales = set.scales.map(({ id: scaleId }) => {
    const tally = unit.state === 'released' ? tallyOf(unit, scaleId) : undefined
    if (!tally || tally.answers < k || (unit.release?.answered ?? 0) < k)
      return { scaleId, shown: null }
    const { band, mean } = figuresOf(tally)
    return { scaleId, shown: { band, mean } }
  })
  return { scales } as Omit<DisclosedOutside, typeof outsideDisclosed> as DisclosedOutside
}

declare const totalDisclosed: unique symbol
/** The part of several groups together that may be shown: bands, never figures. */
export type DisclosedTotal = {
  readonly [totalDisclosed]: true
  readonly scales: readonly { scaleId: string; band: Band }[]
}

/**
 * One group's unit in a total, and whether whoever reads the total is shown that unit by itself.
 */
export type Part = { result: UnitResult; isShownSingly: boolean }

/**
 * Decides what may be shown of several groups together: released units only, at least two, and what
 * stays when the units that are shown by themselves are taken away is nobody, or at least `k`
 * people. Bands whatever the number: a rounded mean over two groups, less the mean of the larger,
 * would be a figure of the smaller. Null: nothing may be shown.
 */
export function discloseTotal(
  set: QuestionSet,
  parts: readonly Part[],
  k: number,
): DisclosedTotal | null {
  const scales = set.scales.flatMap(({ id: scaleId }) => {
    const counted = parts.flatMap(({ result, isShownSingly }) => {
      const tally = result.state === 'released' ? tallyOf(result, scaleId) : undefined
      return tally && tally.answers >= result.k ? [{ tally, isShownSingly }] : []
    })
    const hidden = counted
      .filter(({ isShownSingly }) => !isShownSingly)
      .reduce((sum, one) => sum + one.tally.answers, 0)
    if (counted.length < LEAST_GROUPS || (hidden > 0 && hidden < k)) return []
    const answers = counted.reduce((sum, { tally }) => sum + tally.answers, 0)
    const totalMilli = counted.reduce((sum, { tally }) => sum + tally.totalMilli, 0)
    return [{ scaleId, band: bandOf(totalMilli / answers / 1000) }]
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
): DisclosedCourse | null {
  const [start, end] = [disclose(set, first, null), disclose(set, last, first)]
  if (start.kind !== 'shown' || end.kind !== 'shown') return null
  const scales = end.scales.flatMap(({ scaleId, band, mean, change }) => {
    const before = start.scales.find((one) => one.scaleId === scaleId)
    if (!before || change === null) return []
    const isMeasured = before.mean !== null && mean !== null && change !== 'roster'
    const effect = isMeasured
      ? effectOf(set, scaleId, [first, last], { difference: mean - before.mean, change })
      : null
    return [{ scaleId, first: before.band, last: band, change, effect }]
  })
  return scales.length === 0
    ? null
    : ({ scales } as Omit<DisclosedCourse, typeof courseDisclosed> as DisclosedCourse)
}

declare const wordsDisclosed: unique symbol
/**
 * The words of one unit, in an order of their own; only this module can say that they may be shown.
 */
export type DisclosedWords = readonly string[] & { readonly [wordsDisclosed]: true }

/**
 * The words of a unit that met its own k and in which enough members wrote (the count is checked
 * again where there are fewer).
 */
export function discloseWords(unit: UnitResult, words: readonly string[]): DisclosedWords | null {
  const met = unit.state === 'released' && unit.release !== null && unit.release.answered >= unit.k
  return met && words.length >= LEAST_WRITERS ? (words as DisclosedWords) : null
}

type Unsealed<T> = T extends unknown ? Omit<T, typeof disclosed> : never
const seal = (result: Unsealed<Disclosed>): Disclosed => result as Disclosed
