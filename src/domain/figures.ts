import { HIGH_BAND_FROM, LOW_BAND_UP_TO, type Release, type Tally } from './tally.ts'

/** From here means and shares may be shown; below, only bands. */
const FIGURES_FROM = 11
/** A share needs so many people on both sides. */
const LEAST_ON_A_SIDE = 3
/** Means are rounded to this part of the range. */
const MEAN_STEP = 1 / 20

export const BANDS = ['low', 'mixed', 'high'] as const
export type Band = (typeof BANDS)[number]
export const RESPONSE_BANDS = ['most', 'half', 'fewer'] as const
export type ResponseBand = (typeof RESPONSE_BANDS)[number]

/**
 * A band; the mean on 0 to 1 (null below 11 answers or near an end); the share of high answers in
 * tenths (null when a side has fewer than three).
 */
export type Figures = { band: Band; mean: number | null; highTenths: number | null }

/** A scale's tally of a unit, which published it or not. */
export const tallyOf = (
  { release }: { release: Release | null },
  scaleId: string,
): Tally | undefined => release?.tallies.find(({ subject }) => subject === `scale:${scaleId}`)

/** Of a mean on 0 to 1. */
export const bandOf = (mean: number): Band =>
  mean <= LOW_BAND_UP_TO ? 'low' : mean >= HIGH_BAND_FROM ? 'high' : 'mixed'

/** On 0 to 1, as exact as it is kept. */
const meanOf = (tally: Tally): number => tally.totalMilli / tally.answers / 1000

const roundedOf = (tally: Tally): number => Math.round(meanOf(tally) / MEAN_STEP) * MEAN_STEP

/**
 * By how much two means differ, on 0 to 1, for the word that tells of it. From eleven answers on,
 * both sides, of what is shown: rounded means, and where one is not shown for lying near an end,
 * that end's step, wherever in it the mean lies. So the word tells nothing that the figures beside
 * it do not.
 */
export function differenceOf(before: Tally, now: Tally): number {
  if (Math.min(before.answers, now.answers) < FIGURES_FROM) return meanOf(now) - meanOf(before)
  const [earlier, later] = [before, now].map((tally) =>
    Math.min(1 - MEAN_STEP, Math.max(MEAN_STEP, roundedOf(tally))),
  )
  return (later ?? 0) - (earlier ?? 0)
}

/** The figures of one tally that met its k. */
export function figuresOf(tally: Tally): Figures {
  const mean = meanOf(tally)
  const band = bandOf(mean)
  if (tally.answers < FIGURES_FROM) return { band, mean: null, highTenths: null }
  const rounded = roundedOf(tally)
  const isNearEnd = rounded < 1.5 * MEAN_STEP || rounded > 1 - 1.5 * MEAN_STEP
  const hasBothSides =
    tally.high >= LEAST_ON_A_SIDE && tally.answers - tally.high >= LEAST_ON_A_SIDE
  const tenths = Math.min(9, Math.max(1, Math.round((10 * tally.high) / tally.answers)))
  return { band, mean: isNearEnd ? null : rounded, highTenths: hasBothSides ? tenths : null }
}

/** In whole people, so that three of four is exactly 75 %. */
export function responseBand(answered: number, invited: number): ResponseBand {
  if (answered * 100 >= invited * 75) return 'most'
  return answered * 100 >= invited * 40 ? 'half' : 'fewer'
}
