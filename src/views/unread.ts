import type { Texts } from '../content/load.ts'
import type { Example } from '../domain/verbs.ts'
import { button, buttons, type Card, card, text } from './card.ts'

/**
 * The answer to anything that is no command, always the same: nobody reads here, where there is
 * help now, and what this can do. Nothing of what was typed.
 */
export function unreadCard(
  { t }: Texts,
  facts: { lines: string; mayAsk: boolean; example: Example },
): Card {
  return card('unread', t('unread.title'), [
    text(t('unread.nobody')),
    text(t('checkin.helpNow', { lines: facts.lines })),
    text(t('unread.commands', { example: facts.example('help') })),
    buttons(
      ...(facts.mayAsk
        ? [{ ...button(t('contact.button'), 'contact', null), isPrimary: true }]
        : []),
      button(t('lines.title'), 'lines', null, 'card'),
      button(t('button.help'), 'help', null, 'card'),
    ),
  ])
}
