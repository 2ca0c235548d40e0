import type { Texts } from '../content/load.ts'
import type { Addressee } from '../domain/contact.ts'
import { button, type Card, card, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'

/** The neutral line; that nobody is there stands behind the button. */
export function nobodyNotice({ t }: Texts, group: { id: string; alias: string }): Notice {
  return notice('contact-nobody', t('summary.notice', { alias: group.alias }), {
    ...button(t('button.open'), 'contact.nobody', group.id),
    isPrimary: true,
  })
}

/**
 * For admins and supervisors: a request meets nobody on these ways. `waiting`: requests that are
 * there now.
 */
export function nobodyCard(
  { t }: Texts,
  facts: { alias: string; unheard: readonly Addressee[]; waiting: number },
): Card {
  const { alias, unheard, waiting } = facts
  const blocks = unheard.includes('facilitators')
    ? [
        text(t('nobody.what', { alias })),
        waiting > 0 && text(t('nobody.waiting', { count: waiting })),
        text(t('nobody.todo')),
      ]
    : unheard.includes('others')
      ? [text(t('nobody.past', { alias })), text(t('nobody.pastTodo'))]
      : [text(t('nobody.mended', { alias }))]
  return {
    ...card('contact-nobody', alias, [...blocks, unheard.length > 0 && note(t('nobody.daily'))]),
    notification: t('leadOn.content'),
  }
}
