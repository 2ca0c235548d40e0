import type { Texts } from '../content/load.ts'
import { buttons, type Card, card, note, text } from './card.ts'

/** The web addresses of a group's calendar, for one person. */
export function calendarCard(texts: Texts, facts: { alias: string; url: string; nextUrl: string | null }): Card {
  const { t } = texts
  const address = (label: string, url: string) => ({ label, verb: '', id: null, opens: 'address', url }) as const
  return card('calendar', t('calendar.title'), [
    text(t('calendar.intro', { alias: facts.alias })),
    buttons(
      address(t('calendar.all'), facts.url),
      ...(facts.nextUrl ? [address(t('calendar.next'), facts.nextUrl)] : []),
    ),
    note(t('calendar.note')),
  ])
}
