import type { Texts } from '../content/load.ts'
import type { QuestionSet, Scale } from '../content/question-set.ts'
import type { Change, Disclosed, DisclosedScale } from '../domain/disclosure.ts'
import { meanOnRange, shownRange } from '../domain/score.ts'
import { type Notice, notice } from './notice.ts'

/** A result. `isAfterHidden`: there are some before it, and none to set it beside was shown. */
export type ResultShown = { set: QuestionSet; disclosed: Disclosed; isAfterHidden: boolean }

/**
 * A result's lines: who answered, and each scale. Scales that the closing tells already (`told`)
 * are left out, and no change of the others stands beside it.
 */
export function resultLines(
  texts: Texts,
  result: ResultShown,
  told: ReadonlySet<string> = new Set(),
): string[] {
  const { t } = texts
  const { set, disclosed, isAfterHidden } = result
  if (disclosed.kind === 'tooFew') return [t('summary.tooFew')]
  if (disclosed.kind === 'lost') return [t('summary.lost')]
  const answered = t('summary.answered', { band: t(`summary.answered.${disclosed.response}`) })
  const left = disclosed.scales.filter(({ scaleId }) => !told.has(scaleId))
  const scales = told.size > 0 ? left.map((shown) => ({ ...shown, change: null })) : left
  const [only, ...others] = scales
  return [
    answered,
    ...(only && others.length === 0
      ? scaleLines(texts, set, only)
      : scalesTogether(texts, set, scales)),
    ...(isAfterHidden && told.size === 0 ? [t('summary.change.hidden')] : []),
  ]
}

/**
 * One scale in words: its band, from eleven answers its rounded mean and share, and how it moved.
 */
function scaleLines(texts: Texts, set: QuestionSet, shown: DisclosedScale): string[] {
  const { t } = texts
  const { name, scale } = named(texts, set, shown)
  const lines = [t('summary.scale', { scale: name, band: t(`summary.band.${shown.band}`) })]
  if (shown.band === 'apart') lines.push(t('summary.apart'))
  if (scale && shown.mean !== null)
    lines.push(t('summary.mean', { scale: name, ...figuresOf(set, scale, shown.mean) }))
  if (shown.highTenths !== null) lines.push(t('summary.share', { tenths: shown.highTenths }))
  if (shown.change !== null) lines.push(changed(texts, shown.change, shown))
  return lines
}

/** Several scales in few lines: what moved has a line of its own, what did not stands together. */
function scalesTogether(
  texts: Texts,
  set: QuestionSet,
  scales: readonly DisclosedScale[],
): string[] {
  const { t } = texts
  const brief = (shown: DisclosedScale) => {
    const { name, scale } = named(texts, set, shown)
    const line = t('summary.scale', { scale: name, band: t(`summary.band.${shown.band}`) })
    return scale && shown.mean !== null
      ? t('summary.withMean', { line, ...figuresOf(set, scale, shown.mean) })
      : line
  }
  const of = (change: DisclosedScale['change']) => scales.filter((shown) => shown.change === change)
  const moved = (['higher', 'lower'] as const).flatMap((change) =>
    of(change).map((shown) => `${brief(shown)}. ${changed(texts, change, shown)}`),
  )
  const together = (['none', 'roster', null] as const).flatMap((change) => {
    const lines = of(change).map(brief).join('; ')
    if (lines === '') return []
    return [change === null ? lines : t(`summary.together.${change}`, { lines })]
  })
  return [...moved, ...together]
}

/** For the words of a change: whether its noise is known or only assumed. */
export const basisOf = ({ isAssumed }: { isAssumed: boolean }): 'assumed' | 'known' =>
  isAssumed ? 'assumed' : 'known'

/** In words that say what it was set beside. */
const changed = ({ t }: Texts, change: Change, { against, isAssumed }: DisclosedScale): string =>
  t(`summary.change.${change}`, { count: against, basis: basisOf({ isAssumed }) })

function named(
  texts: Texts,
  set: QuestionSet,
  { scaleId }: DisclosedScale,
): { name: string; scale: Scale | null } {
  const scale = set.scales.find(({ id }) => id === scaleId) ?? null
  return { name: scale ? texts.pick(scale.title) : scaleId, scale }
}

/** A mean on 0 to 1 as a figure on the scale's own range. */
const figuresOf = (set: QuestionSet, scale: Scale, mean: number) => ({
  mean: meanOnRange(set, scale, mean),
  ...shownRange(set, scale),
})

/** Tells staff, neutrally, that there is something to read about a group. */
export function summaryNotice(texts: Texts, group: { id: string; alias: string }): Notice {
  return resultNoticeOf('summary-notice', texts, group)
}

/** The same for members, where the plan shares results with them. */
export function resultNotice(texts: Texts, group: { id: string; alias: string }): Notice {
  return resultNoticeOf('result', texts, group)
}

function resultNoticeOf(
  kind: 'summary-notice' | 'result',
  { t }: Texts,
  group: { id: string; alias: string },
): Notice {
  const button = {
    label: t('button.open'),
    verb: 'summary',
    id: group.id,
    opens: 'dialog',
    isPrimary: true,
  } as const
  return notice(kind, t('summary.notice', { alias: group.alias }), button)
}
