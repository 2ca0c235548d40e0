import type { Texts } from '../content/load.ts'
import type { Role } from '../domain/access.ts'
import type { Example } from '../domain/verbs.ts'
import { button, type Card, card, list, text } from './card.ts'
import { type Notice, notice } from './notice.ts'

/** The neutral line: what changed stands behind the button. */
export function roleNotice({ t }: Texts, group: { id: string; alias: string }): Notice {
  return notice('role-changed', t('summary.notice', { alias: group.alias }), {
    ...button(t('button.open'), 'role', group.id),
    isPrimary: true,
  })
}

/** For staff whose part in a group has changed: what comes with it, or that they have none. */
export function roleCard(
  { t }: Texts,
  facts: { alias: string; role: Role | null; example: Example },
): Card {
  const { alias, role } = facts
  const blocks =
    role === 'facilitator' || role === 'supervisor'
      ? [
          text(t(`role.now.${role}`, { alias })),
          list([
            t(`role.contacts.${role}`),
            t('role.anyHour'),
            t('role.away', { example: facts.example('away') }),
          ]),
        ]
      : [text(t('role.none', { alias })), text(t('role.surprised'))]
  return { ...card('role', alias, blocks), notification: t('leadOn.content') }
}
