import type { QuestionSet, Texts } from '../content/load.ts'
import type { Disclosed } from '../domain/disclosure.ts'
import { formatDate } from '../domain/time.ts'
import { type Block, button, buttons, type Card, card, heading, list, note, text } from './card.ts'
import { chartOf } from './chart.ts'
import { type ResultShown, resultLines } from './result.ts'

type Result = { at: Date; set: QuestionSet; disclosed: Disclosed }
/** A set's results, oldest first. */
export type TrendOf = { title: QuestionSet['title']; results: readonly Result[] }

/**
 * Several results of a group, a line each: what each check-in showed when it was published, and how
 * it moved.
 */
export function trendCard(
  texts: Texts,
  facts: {
    groupId: string
    alias: string
    timeZone: string
    period: 'four' | 'all'
    sets: readonly TrendOf[]
    now: Date
  },
): Card {
  const { t } = texts
  const other = facts.period === 'four' ? 'all' : 'four'
  return {
    ...card('summary-trend', t(`trend.${facts.period}`), [
      note(facts.alias),
      facts.sets.length === 0 && text(t('summary.none')),
      ...facts.sets.flatMap(({ title, results }): Block[] => [
        heading(texts.pick(title)),
        ...chartBlocks(texts, title, results, facts.timeZone),
        list(results.map((result) => resultLine(texts, result, facts))),
      ]),
      note(t('trend.arrows')),
      facts.sets.some(({ results }) => results.some(isAssumed)) && note(t('trend.assumed')),
      note(t('summary.cannotTell')),
      buttons(button(t(`trend.${other}`), `summary.${other}`, facts.groupId)),
    ]),
    notification: t('leadOn.content'),
  }
}

function chartBlocks(
  texts: Texts,
  title: TrendOf['title'],
  results: readonly Result[],
  timeZone: string,
): Block[] {
  const newest = results.at(-1)
  if (!newest) return []
  const { set } = newest
  // A set that was changed meanwhile asks something else: only its newest questions are drawn in a
  // row.
  const points = results.flatMap(({ at, set: asked, disclosed }) => {
    if (asked.version !== set.version) return []
    const bands = set.scales.map(({ id }) =>
      disclosed.kind === 'shown'
        ? (disclosed.scales.find(({ scaleId }) => scaleId === id)?.band ?? null)
        : null,
    )
    return [{ at, bands }]
  })
  // The heading above it names the set.
  const only = set.scales.length === 1 ? set.scales[0]?.title : undefined
  const chart = chartOf(texts, { title: only ?? title, set, timeZone, points })
  return chart ? [chart] : []
}

const isAssumed = ({ disclosed }: Result): boolean =>
  disclosed.kind === 'shown' && disclosed.scales.some((scale) => scale.isAssumed)

const ARROWS = { higher: '↑', lower: '↓', none: '→', roster: '·' } as const

function resultLine(
  texts: Texts,
  { at, set, disclosed }: Result,
  { timeZone, now }: { timeZone: string; now: Date },
): string {
  const { t } = texts
  const date = formatDate(at, timeZone, texts.language, now)
  if (disclosed.kind !== 'shown')
    return t('trend.line', { date, result: t(`trend.${disclosed.kind}`) })
  const scales = disclosed.scales.map(({ scaleId, band, change }) => {
    const title = set.scales.find(({ id }) => id === scaleId)?.title
    const level = t(`summary.band.${band}`)
    const moved = change === null ? '' : ` ${ARROWS[change]} ${t(`trend.change.${change}`)}`
    return disclosed.scales.length === 1 || !title
      ? `${level}${moved}`
      : `${texts.pick(title)}: ${level}${moved}`
  })
  return t('trend.line', { date, result: scales.join('; ') })
}

/** A result as the text of a message to the group. */
export function resultText(
  texts: Texts,
  facts: ResultShown & { disclosed: { kind: 'shown' }; at: Date; timeZone: string; now: Date },
): string {
  const { t } = texts
  const date = formatDate(facts.at, facts.timeZone, texts.language, facts.now)
  return [
    t('summary.checkIn', { set: texts.pick(facts.set.title), date }),
    ...resultLines(texts, facts),
    t('summary.cannotTell'),
  ].join('\n')
}
