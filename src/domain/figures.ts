import { HIGH_BAND_FROM, LOW_BAND_UP_TO, type Release, type Tally } from './tally.ts'

/** From here means and shares may be shown; below, only bands. */
const FIGURES_FROM = 11
/** A share, and the word that answers lie far apart, need so many people on both sides. */
const LEAST_ON_A_SIDE = 3
/** Means are rounded to a part of the range: one in so many. */
export const MEAN_PARTS = 20

/**
 * The level of a scale in a group. `apart`: three or more are low and three or more are high,
 * wherever the mean lies. `mixed`: neither low nor high by the mean, decided before `apart` was
 * told from `middle` (28 November 2026); no new result says it.
 */
export const BANDS = ['low', 'apart', 'middle', 'high', 'mixed'] as const
export type Band = (typeof BANDS)[number]
/** The levels that versions before that date know; they read a level as one of these. */
export const EARLIER_BANDS = ['low', 'mixed', 'high'] as const
export const earlierBandOf = (band: Band): (typeof EARLIER_BANDS)[number] =>
  band === 'low' || band === 'high' ? band : 'mixed'
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

/** All in whole numbers, so that a mean of exactly five eighths falls one way. */
export function bandOf({ answers, totalMilli, low, high }: Tally): Band {
  if (Math.min(low, high) >= LEAST_ON_A_SIDE) return 'apart'
  if (totalMilli <= LOW_BAND_UP_TO * answers) return 'low'
  return totalMilli >= HIGH_BAND_FROM * answers ? 'high' : 'middle'
}

/** The mean in twentieths of the range, halves upwards. */
const partsOf = ({ answers, totalMilli }: Tally): number =>
  Math.floor((2 * MEAN_PARTS * totalMilli + 1000 * answers) / (2000 * answers))

/** In steps of which means are rounded, of a range of so many steps. */
export const roundingOf = (steps: number): number => steps / MEAN_PARTS

/** Whether the figures of all of these may be shown: then words are made of what is shown. */
export const areShown = (tallies: readonly Tally[]): boolean =>
  tallies.every(({ answers }) => answers >= FIGURES_FROM)

/** Not to be shown: a mean in thousandths of the range, as near as it is kept. */
export const exactMilli = ({ totalMilli, answers }: Tally): number =>
  Math.round(totalMilli / answers)

/**
 * By how much a mean differs from the mean of earlier ones, in thousandths of the range, for the
 * word that tells of it. From eleven answers on, in all of them, of what is shown: rounded means,
 * and where one is not shown for lying near an end, that end's step, wherever in it the mean lies.
 * So the difference tells nothing that the figures beside it do not.
 */
export function differenceOf(earlier: readonly Tally[], now: Tally): number {
  const milliOf = areShown([...earlier, now])
    ? (tally: Tally) => (Math.min(MEAN_PARTS - 1, Math.max(1, partsOf(tally))) * 1000) / MEAN_PARTS
    : exactMilli
  const sum = earlier.reduce((total, tally) => total + milliOf(tally), 0)
  return milliOf(now) - Math.round(sum / earlier.length)
}

/** The figures of one tally that met its k. */
export function figuresOf(tally: Tally): Figures {
  const band = bandOf(tally)
  if (tally.answers < FIGURES_FROM) return { band, mean: null, highTenths: null }
  const parts = partsOf(tally)
  const isNearEnd = parts <= 1 || parts >= MEAN_PARTS - 1
  const hasBothSides =
    tally.high >= LEAST_ON_A_SIDE && tally.answers - tally.high >= LEAST_ON_A_SIDE
  const tenths = Math.min(9, Math.max(1, Math.round((10 * tally.high) / tally.answers)))
  return {
    band,
    mean: isNearEnd ? null : parts / MEAN_PARTS,
    highTenths: hasBothSides ? tenths : null,
  }
}

/** In whole people, so that three of four is exactly 75 %. */
export function responseBand(answered: number, invited: number): ResponseBand {
  if (answered * 100 >= invited * 75) return 'most'
  return answered * 100 >= invited * 40 ? 'half' : 'fewer'
}
