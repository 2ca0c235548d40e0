import type { Texts } from '../content/load.ts'
import type { QuestionSet } from '../content/question-set.ts'
import { shownRange } from '../domain/score.ts'
import { formatDate } from '../domain/time.ts'
import type { DisclosedCourse } from '../domain/together.ts'
import { type Block, compact, heading, text } from './card.ts'
import { basisOf } from './result.ts'

/** A programme that is over. */
export type Closing = {
  held: number
  cancelled: number
  /**
   * Set when what is older than so many months is deleted, and the programme may be longer than
   * what is left of it.
   */
  keptMonths: number | null
  /** `hidden`: results after the last that is shown. */
  courses: readonly {
    set: QuestionSet
    disclosed: DisclosedCourse
    from: Date
    to: Date
    hidden: number
  }[]
}

/**
 * From the first result of a programme to its last: words, and from eleven answers the size of the
 * change.
 */
export function closingBlocks(
  texts: Texts,
  closing: Closing,
  facts: { timeZone: string; now: Date },
): Block[] {
  const { t } = texts
  const { held, cancelled, keptMonths, courses } = closing
  const scales = courses.flatMap(({ disclosed }) => disclosed.scales)
  const date = (at: Date) => formatDate(at, facts.timeZone, texts.language, facts.now)
  const linesOf = ({ set, disclosed, from, to, hidden }: Closing['courses'][number]) => [
    t('closing.span', { from: date(from), to: date(to) }),
    ...(hidden > 0 ? [t('closing.hidden', { count: hidden })] : []),
    ...disclosed.scales.flatMap((shown) => courseLines(texts, set, shown)),
  ]
  return compact([
    heading(t('closing.title')),
    text(t('closing.sessions', { held, cancelled })),
    keptMonths !== null && text(t('closing.kept', { months: keptMonths })),
    ...courses.flatMap(linesOf).map(text),
    scales.length === 0 && text(t('closing.nothing')),
    scales.some(({ effect }) => effect?.g) && text(t('closing.sizes')),
  ])
}

function courseLines(
  texts: Texts,
  set: QuestionSet,
  shown: DisclosedCourse['scales'][number],
): string[] {
  const { t } = texts
  const scale = set.scales.find(({ id }) => id === shown.scaleId)
  const name = scale ? texts.pick(scale.title) : shown.scaleId
  const [first, last] = [t(`summary.band.${shown.first}`), t(`summary.band.${shown.last}`)]
  const ends =
    first === last
      ? t('closing.scaleSame', { scale: name, band: first })
      : t('closing.scale', { scale: name, first, last })
  const line = `${ends} ${t(`closing.change.${shown.change}`, { basis: basisOf(shown) })}`
  if (shown.effect === null || !scale) return [line]
  const { onRange, g } = shown.effect
  return [
    line,
    t('closing.size', { ...onRange, ...shownRange(set, scale) }),
    ...(g ? [t('closing.standardised', g)] : []),
  ]
}
