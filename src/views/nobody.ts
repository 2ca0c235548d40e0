import type { Texts } from '../content/load.ts'
import { button, type Card, card, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'

/** The neutral line; that nobody is there stands behind the button. */
export function nobodyNotice({ t }: Texts, group: { id: string; alias: string }): Notice {
  return notice('contact-nobody', t('summary.notice', { alias: group.alias }), {
    ...button(t('button.open'), 'contact.nobody', group.id),
    isPrimary: true,
  })
}

/** For admins and supervisors: a group promises to see requests, and nobody is there. */
export function nobodyCard(
  { t }: Texts,
  facts: { alias: string; isSomebodyThere: boolean; waiting: number },
): Card {
  return {
    ...card('contact-nobody', facts.alias, [
      text(t(facts.isSomebodyThere ? 'nobody.mended' : 'nobody.what', { alias: facts.alias })),
      !facts.isSomebodyThere &&
        facts.waiting > 0 &&
        text(t('nobody.waiting', { count: facts.waiting })),
      !facts.isSomebodyThere && text(t('nobody.todo')),
      note(t('nobody.daily')),
    ]),
    notification: t('leadOn.content'),
  }
}
