import type { Texts } from '../content/load.ts'
import { buttons, type Card, card, link, note, text } from './card.ts'

/** The web addresses of a group's calendar, for one person. */
export function calendarCard(
  texts: Texts,
  facts: { alias: string; url: string; nextUrl: string | null },
): Card {
  const { t } = texts
  return card('calendar', t('calendar.title'), [
    text(t('calendar.intro', { alias: facts.alias })),
    buttons(
      link(t('calendar.all'), facts.url),
      ...(facts.nextUrl ? [link(t('calendar.next'), facts.nextUrl)] : []),
    ),
    note(t('calendar.note')),
  ])
}
