import type { Texts } from '../content/load.ts'
import { MAX_MESSAGE_CHARS, MAX_SESSIONS } from '../domain/limits.ts'
import { REPEATS, type Repeat } from '../domain/recurrence.ts'
import type { Verb } from '../domain/verbs.ts'
import {
  type Block,
  type Button,
  button,
  buttons,
  type Card,
  card,
  type Form,
  heading,
  list,
  note,
  text,
} from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'

/** The message form's first values, as typed. */
export type MessageDraft = {
  text: string
  target: 'members' | 'channel'
  date: string
  time: string
  repeat: Repeat
  count: string
}

export function messageForm(
  texts: Texts,
  facts: { verb: Verb; id: string; draft: MessageDraft; hasChannel: boolean; timeZone: string },
): Form {
  const { t } = texts
  const { draft } = facts
  const targets = facts.hasChannel ? (['members', 'channel'] as const) : (['members'] as const)
  return {
    kind: 'message-form',
    verb: facts.verb,
    id: facts.id,
    title: t('message.title'),
    submitLabel: t('message.preview'),
    closeLabel: t('button.cancel'),
    intro: [],
    fields: [
      {
        type: 'text',
        name: 'text',
        label: t('message.text'),
        hint: t('message.textHint'),
        value: draft.text,
        maxLength: MAX_MESSAGE_CHARS,
        isLong: true,
      },
      {
        type: 'choice',
        name: 'target',
        label: t('message.target'),
        options: targets.map((target) => ({ value: target, label: t(`message.target.${target}`) })),
        value: draft.target,
      },
      {
        type: 'text',
        name: 'date',
        label: t('message.date'),
        hint: t('schedule.firstDateHint', { example: draft.date }),
        value: draft.date,
        maxLength: 10,
      },
      {
        type: 'text',
        name: 'time',
        label: t('message.time'),
        hint: t('message.timeHint', { zone: facts.timeZone }),
        value: draft.time,
        maxLength: 8,
      },
      {
        type: 'choice',
        name: 'repeat',
        label: t('schedule.repeat'),
        options: REPEATS.map((repeat) => ({ value: repeat, label: t(`repeat.${repeat}`) })),
        value: draft.repeat,
      },
      {
        type: 'text',
        name: 'count',
        label: t('message.count'),
        hint: t('message.countHint', { to: MAX_SESSIONS }),
        value: draft.count,
        maxLength: 3,
        isOptional: true,
      },
    ],
  }
}

/** Shows a message, where it goes and when, before anything is sent. */
export function messagePreview(
  texts: Texts,
  facts: {
    id: string
    alias: string
    text: string
    target: 'members' | 'channel'
    dates: readonly Date[]
    more: number
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const dates = facts.dates.map((at) => timeWithZone(texts, at, facts.timeZone, facts.now))
  return {
    ...card('message-preview', t('message.title'), [
      heading(t('message.asSeen')),
      text(t('message.notice', { alias: facts.alias })),
      text(facts.text),
      heading(t('message.when')),
      list(facts.more > 0 ? [...dates, t('list.more', { count: facts.more })] : dates),
      text(t(`message.goes.${facts.target}`)),
      buttons(
        { ...button(t('message.confirm'), 'message.confirm', facts.id), isPrimary: true },
        button(t('message.edit'), 'message.edit', facts.id),
      ),
    ]),
    notification: t('leadOn.content'),
  }
}

export function messageDone({ t }: Texts, key: 'message.planned' | 'message.stopped'): Card {
  return card('message-done', t('message.title'), [text(t(key))])
}

/** The group's messages that are to come, to edit or stop. */
export function messagesCard(
  texts: Texts,
  facts: {
    groupId: string
    alias: string
    messages: readonly { id: string; text: string; nextAt: Date | null; isDraft: boolean }[]
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const blocks = facts.messages.flatMap((message): Block[] => {
    const when = message.isDraft
      ? t('message.draft')
      : message.nextAt
        ? timeWithZone(texts, message.nextAt, facts.timeZone, facts.now)
        : t('message.over')
    const actions: Button[] = [
      button(t('message.edit'), 'message.edit', message.id),
      button(t('message.stop'), 'message.stop', message.id),
    ]
    return [text(`${when}: ${message.text}`), buttons(...actions)]
  })
  return {
    ...card('messages', t('message.title'), [
      text(
        facts.messages.length > 0
          ? t('message.list', { alias: facts.alias })
          : t('message.none', { alias: facts.alias }),
      ),
      ...blocks,
      buttons({ ...button(t('message.new'), 'message.new', facts.groupId), isPrimary: true }),
    ]),
    notification: t('leadOn.content'),
  }
}

export function messageNotice({ t }: Texts, facts: { alias: string; messageId: string }): Notice {
  return notice(
    'message',
    t('message.notice', { alias: facts.alias }),
    button(t('button.open'), 'message.read', facts.messageId),
  )
}

export function messageRead({ t }: Texts, facts: { alias: string; text: string }): Card {
  return {
    ...card('message-read', facts.alias, [text(facts.text), note(t('message.from'))]),
    notification: t('leadOn.content'),
  }
}
