import type { Texts } from '../content/load.ts'
import { MAX_WIN_CHARS } from '../domain/limits.ts'
import { WIN_DAYS } from '../domain/retention.ts'
import { button, buttons, type Card, card, type Form, note, text } from './card.ts'
import { type Notice, notice } from './notice.ts'

export function winForm({ t }: Texts, groupId: string): Form {
  return {
    kind: 'win-form',
    verb: 'win.submit',
    id: groupId,
    title: t('win.title'),
    submitLabel: t('win.submit'),
    closeLabel: t('button.cancel'),
    intro: [text(t('win.intro')), note(t('win.separate', { days: WIN_DAYS }))],
    fields: [
      {
        type: 'text',
        name: 'text',
        label: t('win.text'),
        hint: t('win.textHint'),
        maxLength: MAX_WIN_CHARS,
        isLong: true,
      },
    ],
  }
}

/** Why nobody shares a win here, and none is shown. */
export function winsOff({ t }: Texts, facts: { least: number }): Card {
  return {
    ...card('wins-off', t('win.title'), [text(t('win.few', facts))]),
    notification: t('leadOn.content'),
  }
}

/** For facilitators: what waits, without who wrote it. */
export function winsCard(
  { t }: Texts,
  facts: { alias: string; wins: readonly { id: string; text: string }[] },
): Card {
  return {
    ...card('wins', t('win.listTitle', { alias: facts.alias }), [
      facts.wins.length === 0 && text(t('win.none')),
      ...facts.wins.flatMap((one) => [
        text(t('win.quoted', { text: one.text })),
        buttons(
          button(t('win.post'), 'win.post', one.id),
          button(t('win.decline'), 'win.decline', one.id),
        ),
      ]),
      facts.wins.length > 0 && note(t('win.dontGuess', { days: WIN_DAYS })),
    ]),
    notification: t('leadOn.content'),
  }
}

export function winDone({ t }: Texts, key: 'win.sent' | 'win.declined'): Card {
  return card('win-done', t('win.title'), [text(t(key))])
}

/** For the member whose win was not posted. */
export function winDeclined({ t }: Texts, alias: string): Card {
  return {
    ...card('win-note', alias, [text(t('win.note')), text(t('win.noteMore'))]),
    notification: t('leadOn.content'),
  }
}

/** One neutral line: what it is about stands behind the button. */
export function winNotice(
  { t }: Texts,
  kind: 'win-waiting' | 'win-declined',
  group: { id: string; alias: string },
): Notice {
  const verb = kind === 'win-waiting' ? 'win' : 'win.note'
  return notice(kind, t('summary.notice', { alias: group.alias }), {
    ...button(t('button.open'), verb, group.id),
    isPrimary: true,
  })
}
