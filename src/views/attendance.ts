import type { Texts } from '../content/load.ts'
import { MAX_HEADCOUNT } from '../domain/limits.ts'
import { button, buttons, type Card, card, type Form, note, text } from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'

/** For facilitators, when a session is over. */
export function headcountNotice({ t }: Texts, facts: { alias: string; sessionId: string }): Notice {
  return notice('session-ended', t('attendance.notice', { alias: facts.alias }), {
    ...button(t('attendance.button'), 'attendance.enter', facts.sessionId),
    isPrimary: true,
  })
}

export type HeldSession = { id: string; startsAt: Date; headcount: number | null }

export function attendanceForm(
  texts: Texts,
  facts: {
    groupId: string
    sessions: readonly HeldSession[]
    chosen: string
    timeZone: string
    now: Date
  },
): Form {
  const { t } = texts
  const label = (session: HeldSession) => {
    const time = timeWithZone(texts, session.startsAt, facts.timeZone, facts.now)
    return session.headcount === null
      ? time
      : t('attendance.known', { time, count: session.headcount })
  }
  return {
    kind: 'attendance-form',
    verb: 'attendance.submit',
    id: facts.groupId,
    title: t('attendance.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('attendance.intro'))],
    fields: [
      {
        type: 'choice',
        name: 'session',
        label: t('attendance.session'),
        options: facts.sessions.map((session) => ({ value: session.id, label: label(session) })),
        value: facts.chosen,
      },
      {
        type: 'text',
        name: 'headcount',
        label: t('attendance.headcount'),
        hint: t('attendance.hint', { to: MAX_HEADCOUNT }),
        maxLength: 3,
      },
    ],
  }
}

/** `askedAbout` is the session that perhaps did not take place; null: nothing is asked. */
export function attendanceDone({ t }: Texts, count: number, askedAbout: string | null): Card {
  return card('attendance-done', t('attendance.title'), [
    text(t('attendance.done', { count })),
    ...(askedAbout === null
      ? []
      : [
          text(t('notHeld.question')),
          note(t('notHeld.effect')),
          buttons(button(t('notHeld.button'), 'session.notHeld', askedAbout)),
        ]),
  ])
}
