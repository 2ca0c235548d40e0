import type { Texts } from '../content/load.ts'
import { MAX_LINK_CHARS, MAX_PLACE_CHARS } from '../domain/limits.ts'
import type { WallTime } from '../domain/recurrence.ts'
import { type Card, card, type Form, text } from './card.ts'
import { timeWithZone } from './notice.ts'
import { type Choice, sessionOptions } from './session-choice.ts'

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
