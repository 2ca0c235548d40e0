import type { Texts } from '../content/load.ts'
import { button, buttons, type Card, card, link, text } from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'
export type SessionFacts = {
  alias: string
  startsAt: Date
  timeZone: string
  sessionId: string
  hasPlace: boolean
  /** A check-in about it was open, and what was sent is deleted. */
  isTakenBack?: boolean
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
  const cancelled = facts.isTakenBack ? 'change.takenBack' : 'change.cancelled'
  const key = kind === 'session-cancelled' ? cancelled : 'change.moved'
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
