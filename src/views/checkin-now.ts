import type { QuestionSet, Texts } from '../content/load.ts'
import { RELEASE_BUDGET } from '../domain/checkin.ts'
import { type Card, card, note, text } from './card.ts'

/** One check-in was opened by hand. */
export function nowDone(
  texts: Texts,
  facts: { set: QuestionSet; hours: number; cut: number },
): Card {
  const { t } = texts
  return card('checkin-now-done', t('checkin.nowTitle'), [
    text(t('checkin.nowDone', { set: texts.pick(facts.set.title), hours: facts.hours })),
    facts.cut > 0 &&
      note(t('checkin.nowCut', { count: facts.cut, limit: RELEASE_BUDGET.releases })),
  ])
}

/** After the preview's Send: nothing was kept. */
export function previewDone({ t }: Texts): Card {
  return card('checkin-previewed', t('checkin.title'), [text(t('checkin.previewed'))])
}
