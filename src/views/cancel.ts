import type { Texts } from '../content/load.ts'
import { type Card, card, type Form, note, type Option, text } from './card.ts'
import { timeWithZone } from './notice.ts'
import { type Choice, sessionOptions } from './session-choice.ts'

/** Stands before the id of a session that is said not to have taken place. */
export const NOT_HELD = 'notHeld'

export function cancelForm(
  texts: Texts,
  facts: {
    groupId: string
    ahead: readonly Choice[]
    /** Those that have begun and perhaps did not take place. */
    lately: readonly Choice[]
    timeZone: string
    now: Date
  },
): Form {
  const { t } = texts
  const [ahead, lately] = [facts.ahead, facts.lately].map((sessions) =>
    sessionOptions(texts, sessions, facts.timeZone, facts.now),
  ) as [Option[], Option[]]
  const options = [
    ...ahead,
    ...lately.map(({ value, label }) => ({
      value: `${NOT_HELD} ${value}`,
      label: t('notHeld.option', { time: label }),
    })),
  ]
  return {
    kind: 'cancel-form',
    verb: 'cancel.submit',
    id: facts.groupId,
    title: t('cancel.title'),
    submitLabel: t('cancel.submit'),
    closeLabel: t('button.close'),
    intro: [text(t('cancel.intro')), ...(lately.length > 0 ? [note(t('notHeld.effect'))] : [])],
    fields: [
      {
        type: 'choice',
        name: 'session',
        label: t('cancel.which'),
        options,
        ...(ahead[0] ? { value: ahead[0].value } : {}),
      },
    ],
  }
}

/** A session as it is told of; `people` are those who are told, 0 when it is over. */
type Told = { alias: string; startsAt: Date; timeZone: string; people: number; now: Date }

export function cancelDone(texts: Texts, facts: Told & { example: string }): Card {
  const { t } = texts
  const time = timeWithZone(texts, facts.startsAt, facts.timeZone, facts.now)
  return card('cancel-done', t('cancel.title'), [
    text(t('change.cancelled', { alias: facts.alias, time })),
    text(t('change.told', { count: facts.people })),
    note(t('cancel.undo', { example: facts.example })),
  ])
}

/** Says that a session is taken as one that did not take place. */
export function notHeldDone(
  texts: Texts,
  /** `isTakenBack`: a check-in about it was open. */
  facts: Told & { isTakenBack: boolean },
): Card {
  const { t } = texts
  const time = timeWithZone(texts, facts.startsAt, facts.timeZone, facts.now)
  return card('cancel-done', t('cancel.title'), [
    text(t('notHeld.done', { alias: facts.alias, time })),
    text(t(facts.isTakenBack ? 'notHeld.takenBack' : 'notHeld.noCheckIn')),
    facts.people > 0 && text(t('change.told', { count: facts.people })),
  ])
}
