import type { Texts } from '../content/load.ts'
import type { Rung } from '../domain/contact.ts'
import { formatDate } from '../domain/time.ts'
import { button, buttons, type Card, card, compact, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'

/** The neutral line: what changed stands behind the button. */
export function removedNotice({ t }: Texts, group: { id: string; alias: string }): Notice {
  return notice('removed', t('welcome.notice', { alias: group.alias }), {
    ...button(t('button.open'), 'removed', group.id),
    isPrimary: true,
  })
}

/** For somebody whom staff took off the list: what becomes of their answers and of their data. */
export function removedCard(
  texts: Texts,
  facts: {
    groupId: string
    alias: string
    /** Whether a check-in that is not counted yet holds a box for them, filled or not. */
    hasBox: boolean
    /** The steps before which their request stands; null: they did not ask to be contacted. */
    steps: readonly Rung[] | null
    forgetOn: Date
    timeZone: string
    lines: string
    now: Date
  },
): Card {
  const { t } = texts
  const steps = facts.steps?.map((rung) => t(`contact.step.${rung}`)) ?? null
  const date = formatDate(facts.forgetOn, facts.timeZone, texts.language, facts.now)
  return {
    ...card(
      'removed',
      t('removed.title'),
      compact([
        text(t('removed.what', { alias: facts.alias })),
        facts.hasBox && text(t('removed.answers')),
        text(
          steps === null
            ? t('removed.forget', { date })
            : steps.length === 0
              ? t('removed.requestAlone')
              : t('removed.request', { steps: new Intl.ListFormat(texts.language).format(steps) }),
        ),
        note(t('checkin.helpNow', { lines: facts.lines })),
        facts.hasBox && buttons(button(t('removed.withdraw'), 'removed.withdraw', facts.groupId)),
      ]),
    ),
    notification: t('leadOn.content'),
  }
}

export function withdrawnCard({ t }: Texts): Card {
  return card('withdrawn', t('removed.title'), [text(t('removed.withdrawn'))])
}
