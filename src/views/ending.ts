import type { Texts } from '../content/load.ts'
import { DAYS_UNTIL_DELETION } from '../domain/retention.ts'
import { formatDate } from '../domain/time.ts'
import { button, buttons, type Card, card, type Form, list, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'

export function endForm(
  { t }: Texts,
  facts: { groupId: string; alias: string; sessionsAhead: number },
): Form {
  const { usual, from, to } = DAYS_UNTIL_DELETION
  return {
    kind: 'end-form',
    verb: 'end.submit',
    id: facts.groupId,
    title: t('end.title'),
    submitLabel: t('end.submit'),
    closeLabel: t('button.cancel'),
    intro: [
      text(t('end.intro', { alias: facts.alias })),
      text(t('end.ahead', { count: facts.sessionsAhead })),
      text(t('end.after')),
    ],
    fields: [
      {
        type: 'text',
        name: 'days',
        label: t('end.days'),
        hint: t('end.daysHint', { from, to }),
        value: String(usual),
        maxLength: 3,
      },
    ],
  }
}

export function endDone(
  texts: Texts,
  facts: {
    groupId: string
    alias: string
    members: number
    deleteAt: Date
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const date = formatDate(facts.deleteAt, facts.timeZone, texts.language, facts.now)
  return card('end-done', t('end.title'), [
    text(t('end.done', { alias: facts.alias })),
    text(t('end.goodbye', { count: facts.members })),
    text(t('end.deletion', { date })),
    buttons(button(t('home.summary'), 'summary', facts.groupId)),
  ])
}

export function goodbyeNotice({ t }: Texts, group: { groupId: string; alias: string }): Notice {
  return notice(
    'goodbye',
    t('welcome.notice', { alias: group.alias }),
    button(t('button.open'), 'goodbye', group.groupId),
  )
}

/** The card for a member when the programme is over. */
export function goodbyeCard(
  texts: Texts,
  facts: {
    groupId: string
    alias: string
    deleteAt: Date
    timeZone: string
    now: Date
    lines: string
    isStaff: boolean
  },
): Card {
  const { t } = texts
  const date = formatDate(facts.deleteAt, facts.timeZone, texts.language, facts.now)
  return {
    ...card('goodbye', t('goodbye.title'), [
      text(t('goodbye.thanks', { alias: facts.alias })),
      text(t('goodbye.stop')),
      text(t('goodbye.deletion', { date })),
      note(t('checkin.helpNow', { lines: facts.lines })),
      buttons(
        ...(facts.isStaff ? [button(t('home.summary'), 'summary', facts.groupId)] : []),
        button(t('leave.submit'), 'goodbye.leave', facts.groupId),
      ),
    ]),
    notification: t('leadOn.content'),
  }
}

/** A deletion in numbers. */
export type DeletionCounts = {
  members: number
  sessions: number
  checkIns: number
  results: number
  messages: number
  contacts: number
  wins: number
  deliveries: number
  people: number
}

const COUNTED: readonly (keyof DeletionCounts)[] = [
  'members',
  'sessions',
  'checkIns',
  'results',
  'messages',
  'contacts',
  'wins',
  'deliveries',
  'people',
]

export function receiptNotice({ t }: Texts, receiptId: string): Notice {
  return notice(
    'deletion-receipt',
    t('receipt.notice'),
    button(t('button.open'), 'receipt', receiptId),
  )
}

export function receiptCard(
  texts: Texts,
  facts: { at: Date; counts: DeletionCounts; timeZone: string; now: Date },
): Card {
  const { t } = texts
  const { counts } = facts
  const lines = COUNTED.map((what) => t(`receipt.${what}`, { count: counts[what] }))
  return {
    ...card('receipt', t('receipt.title'), [
      text(
        t('receipt.intro', {
          date: formatDate(facts.at, facts.timeZone, texts.language, facts.now),
        }),
      ),
      list(lines),
      note(t('receipt.note')),
    ]),
    notification: t('leadOn.content'),
  }
}
