import type { Texts, Wording } from '../content/load.ts'
import type { QuestionSet } from '../content/question-set.ts'
import type { Band } from '../domain/disclosure.ts'
import { formatDay } from '../domain/time.ts'
import type { Chart } from './card.ts'

/** One bar would be no chart; more than these are too thin to read, and platforms draw no more. */
const FEWEST_POINTS = 2
const MOST_POINTS = 20

/**
 * One result with the band of each of its scales; null: that scale, or all of the result, is not
 * shown.
 */
type Point = { at: Date; bands: readonly (Band | null)[] }

/**
 * A set's results as a chart: those of which every scale is shown, the newest of them. Null while
 * there are too few.
 */
export function chartOf(
  texts: Texts,
  facts: { title: Wording; set: QuestionSet; timeZone: string; points: readonly Point[] },
): Chart | null {
  const shown = facts.points.flatMap(({ at, bands }) => {
    const whole = bands.filter((band) => band !== null)
    return whole.length === facts.set.scales.length ? [{ at, bands: whole }] : []
  })
  const newest = shown.slice(-MOST_POINTS)
  const since = newest[0]?.at
  const hidden = facts.points.filter(({ at }) => since && at > since).length - (newest.length - 1)
  if (newest.length < FEWEST_POINTS) return null
  const { t, pick, language } = texts
  const has = (band: Band) => newest.some(({ bands }) => bands.includes(band))
  const notes = [
    ...(has('apart') ? [t('trend.noBar')] : []),
    ...(hidden > 0 ? [t('trend.hidden', { count: hidden })] : []),
  ]
  return {
    type: 'chart',
    title: pick(facts.title),
    hidden: notes.length > 0 ? notes.join('. ') : null,
    categories: unlike(newest.map(({ at }) => formatDay(at, facts.timeZone, language))),
    series: facts.set.scales.map(({ title }, index) => ({
      name: pick(title),
      bands: newest.flatMap(({ bands }) => bands[index] ?? []),
    })),
    levels: [
      t('summary.band.low'),
      (['mixed', 'middle'] as const)
        .filter((band) => has(band) || (band === 'middle' && !has('mixed')))
        .map((band) => t(`summary.band.${band}`))
        .join(' / '),
      t('summary.band.high'),
    ],
    apart: t('summary.band.apart'),
  }
}

/** Two results of one day are told apart. */
function unlike(labels: readonly string[]): string[] {
  return labels.map((label, index) => {
    const earlier = labels.slice(0, index).filter((one) => one === label).length
    return earlier === 0 ? label : `${label} (${earlier + 1})`
  })
}
