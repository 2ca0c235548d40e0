import type { Texts } from '../content/load.ts'
import { MAX_LINK_CHARS, MAX_PLACE_CHARS } from '../domain/limits.ts'
import type { WallTime } from '../domain/recurrence.ts'
import {
  button,
  buttons,
  type Card,
  card,
  type Form,
  link,
  note,
  type Option,
  text,
} from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'
export type SessionFacts = {
  alias: string
  startsAt: Date
  timeZone: string
  sessionId: string
  hasPlace: boolean
  now: Date
}

export function reminderNotice(texts: Texts, facts: SessionFacts): Notice {
  const time = timeWithZone(texts, facts.startsAt, facts.timeZone, facts.now)
  return notice(
    'reminder',
    texts.t('reminder.notice', { alias: facts.alias, time }),
    whereButton(texts, facts),
  )
}

/** A session was cancelled, or has a new time. */
export function changeNotice(
  texts: Texts,
  kind: 'session-cancelled' | 'session-moved',
  facts: SessionFacts,
): Notice {
  const time = timeWithZone(texts, facts.startsAt, facts.timeZone, facts.now)
  const key = kind === 'session-cancelled' ? 'change.cancelled' : 'change.moved'
  return notice(kind, texts.t(key, { alias: facts.alias, time }), whereButton(texts, facts))
}

/** Where it is stands behind a button: a lock screen shows time and alias at most. */
const whereButton = ({ t }: Texts, facts: SessionFacts) =>
  facts.hasPlace ? button(t('session.where'), 'session', facts.sessionId) : null

/** Where and when a session is, with the link behind a button of its own. */
export function sessionCard(
  texts: Texts,
  facts: {
    alias: string
    startsAt: Date
    timeZone: string
    place: string | null
    link: string | null
    isCancelled: boolean
    now: Date
  },
): Card {
  const { t } = texts
  return {
    ...card('session', facts.alias, [
      text(timeWithZone(texts, facts.startsAt, facts.timeZone, facts.now)),
      facts.isCancelled && text(t('session.cancelled')),
      facts.place !== null && text(t('session.place', { place: facts.place })),
      !facts.isCancelled && facts.link !== null && buttons(link(t('session.join'), facts.link)),
    ]),
    notification: t('leadOn.content'),
  }
}

/** Sessions that can be chosen. */
export type Choice = { id: string; startsAt: Date; isCancelled: boolean }

function sessionOptions(
  texts: Texts,
  sessions: readonly Choice[],
  timeZone: string,
  now: Date,
): Option[] {
  return sessions.map(({ id, startsAt, isCancelled }) => {
    const time = timeWithZone(texts, startsAt, timeZone, now)
    return { value: id, label: isCancelled ? texts.t('session.cancelledOption', { time }) : time }
  })
}

export function cancelForm(
  texts: Texts,
  facts: { groupId: string; sessions: readonly Choice[]; timeZone: string; now: Date },
): Form {
  const { t } = texts
  return {
    kind: 'cancel-form',
    verb: 'cancel.submit',
    id: facts.groupId,
    title: t('cancel.title'),
    submitLabel: t('cancel.submit'),
    closeLabel: t('button.close'),
    intro: [text(t('cancel.intro'))],
    fields: [
      {
        type: 'choice',
        name: 'session',
        label: t('cancel.which'),
        options: sessionOptions(texts, facts.sessions, facts.timeZone, facts.now),
        ...(facts.sessions[0] ? { value: facts.sessions[0].id } : {}),
      },
    ],
  }
}

export function cancelDone(
  texts: Texts,
  facts: {
    alias: string
    startsAt: Date
    timeZone: string
    people: number
    example: string
    now: Date
  },
): Card {
  const { t } = texts
  const time = timeWithZone(texts, facts.startsAt, facts.timeZone, facts.now)
  return card('cancel-done', t('cancel.title'), [
    text(t('change.cancelled', { alias: facts.alias, time })),
    text(t('change.told', { count: facts.people })),
    note(t('cancel.undo', { example: facts.example })),
  ])
}

export function moveForm(
  texts: Texts,
  facts: {
    groupId: string
    sessions: readonly Choice[]
    date: string
    time: string
    timeZone: string
    now: Date
  },
): Form {
  const { t } = texts
  return {
    kind: 'move-form',
    verb: 'move.submit',
    id: facts.groupId,
    title: t('move.title'),
    submitLabel: t('move.submit'),
    closeLabel: t('button.close'),
    intro: [text(t('move.intro'))],
    fields: [
      {
        type: 'choice',
        name: 'session',
        label: t('cancel.which'),
        options: sessionOptions(texts, facts.sessions, facts.timeZone, facts.now),
        ...(facts.sessions[0] ? { value: facts.sessions[0].id } : {}),
      },
      {
        type: 'text',
        name: 'date',
        label: t('move.date'),
        hint: t('schedule.firstDateHint', { example: facts.date }),
        value: facts.date,
        maxLength: 10,
      },
      {
        type: 'text',
        name: 'time',
        label: t('schedule.time'),
        hint: t('schedule.timeHint'),
        value: facts.time,
        maxLength: 8,
      },
      {
        type: 'choice',
        name: 'holidays',
        label: t('schedule.holidays'),
        options: (['ask', 'keep'] as const).map((value) => ({
          value,
          label: t(`holidays.${value}`),
        })),
        value: 'ask',
      },
      {
        type: 'text',
        name: 'place',
        label: t('schedule.place'),
        hint: t('move.placeHint'),
        maxLength: MAX_PLACE_CHARS,
        isOptional: true,
      },
      {
        type: 'text',
        name: 'link',
        label: t('schedule.link'),
        hint: t('move.placeHint'),
        maxLength: MAX_LINK_CHARS,
        isOptional: true,
      },
    ],
  }
}

export function moveDone(
  texts: Texts,
  facts: {
    alias: string
    startsAt: Date
    timeZone: string
    wall: WallTime
    wanted: string
    people: number
    now: Date
  },
): Card {
  const { t } = texts
  const time = timeWithZone(texts, facts.startsAt, facts.timeZone, facts.now)
  const { wanted } = facts
  return card('move-done', t('move.title'), [
    text(t('change.moved', { alias: facts.alias, time })),
    facts.wall === 'skipped' && text(t('schedule.skipped', { wanted })),
    facts.wall === 'twice' && text(t('schedule.twice', { wanted })),
    text(t('change.told', { count: facts.people })),
  ])
}
