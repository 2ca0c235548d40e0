import type { Texts } from '../content/load.ts'
import type { Example } from '../domain/verbs.ts'
import { button, type Card, card, list, text } from './card.ts'
import { type Notice, notice } from './notice.ts'

/** The neutral line: the change stands behind the button. `group` null: it is about all groups. */
export function roleNotice({ t }: Texts, group: { id: string; alias: string } | null): Notice {
  const line = group ? t('summary.notice', { alias: group.alias }) : t('receipt.notice')
  return notice('role-changed', line, {
    ...button(t('button.open'), 'role', group?.id ?? null),
    isPrimary: true,
  })
}

/** A part on the way of contact requests. */
export type Part = 'facilitator' | 'supervisor' | 'backup' | 'safety'

/** For staff whose part has changed: what comes with it; null: that they have none any more. */
export function roleCard(
  { t }: Texts,
  facts: { alias: string; part: Part | null; example: Example },
): Card {
  const { alias, part } = facts
  const blocks =
    part !== null
      ? [
          text(t(`role.now.${part}`, { alias })),
          list([
            t(`role.contacts.${part}`),
            t('role.anyHour'),
            t('role.away', { example: facts.example('away') }),
          ]),
        ]
      : [text(t('role.none', { alias })), text(t('role.surprised'))]
  return { ...card('role', alias, blocks), notification: t('leadOn.content') }
}
