import type { Texts } from '../content/load.ts'
import { MAX_CONTACT_CHARS } from '../domain/limits.ts'
import { button, buttons, type Card, card, type Form, heading, list, note, text } from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'

const VERBS = {
  'contact-request': 'contact.read',
  'contact-seen': 'contact.status',
  'contact-overdue': 'contact.overdue',
} as const

/** One neutral line: that there is a request, or that it was seen, stands behind the button. */
export function contactNotice(
  { t }: Texts,
  kind: keyof typeof VERBS,
  contact: { id: string; alias: string },
): Notice {
  return notice(kind, t('summary.notice', { alias: contact.alias }), {
    ...button(t('button.open'), VERBS[kind], contact.id),
    isPrimary: true,
  })
}

/** When requests are seen. `times` is what staff wrote; null: nothing. */
export function promiseLine({ t }: Texts, facts: { hours: number; times: string | null }): string {
  const within = t('contact.within', { hours: facts.hours })
  return facts.times ? `${within} ${t('contact.times', { times: facts.times })}` : within
}

export function contactForm(
  texts: Texts,
  facts: { groupId: string; hours: number; times: string | null; lines: string },
): Form {
  const { t } = texts
  return {
    kind: 'contact-form',
    verb: 'contact.submit',
    id: facts.groupId,
    title: t('contact.title'),
    submitLabel: t('contact.submit'),
    closeLabel: t('button.cancel'),
    intro: [
      text(t('contact.intro')),
      text(promiseLine(texts, facts)),
      text(t('checkin.helpNow', { lines: facts.lines })),
      note(t('contact.separate')),
    ],
    fields: [
      {
        type: 'text',
        name: 'text',
        label: t('contact.text'),
        hint: t('contact.textHint'),
        maxLength: MAX_CONTACT_CHARS,
        isLong: true,
        isOptional: true,
      },
    ],
  }
}

/** The group has nobody who would see a request: what there is instead. */
export function contactOff({ t }: Texts, lines: string): Card {
  return card('contact-off', t('contact.title'), [
    text(t('checkin.noContact')),
    text(t('checkin.helpNow', { lines })),
  ])
}

export function contactDone(
  texts: Texts,
  facts: { hours: number; times: string | null; lines: string },
): Card {
  const { t } = texts
  return card('contact-done', t('contact.title'), [
    text(t('contact.sent')),
    text(promiseLine(texts, facts)),
    text(t('contact.youHear')),
    text(t('checkin.helpNow', { lines: facts.lines })),
  ])
}

/** For the member: whether somebody has seen it, and who. */
export function contactStatus(
  texts: Texts,
  facts: {
    alias: string
    createdAt: Date
    dueAt: Date
    seen: { by: string; at: Date } | null
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const time = (at: Date) => timeWithZone(texts, at, facts.timeZone, facts.now)
  return card('contact-status', facts.alias, [
    text(t('contact.asked', { time: time(facts.createdAt) })),
    facts.seen && text(t('contact.seenBy', { name: facts.seen.by, time: time(facts.seen.at) })),
    !facts.seen && text(t('contact.waiting', { time: time(facts.dueAt) })),
  ])
}

/**
 * For a facilitator or the backup: who asks, and what they wrote. `words` is null when they wrote
 * nothing.
 */
export function contactCard(
  texts: Texts,
  facts: {
    id: string
    alias: string
    name: string
    words: string | null
    createdAt: Date
    dueAt: Date
    isSeen: boolean
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const time = (at: Date) => timeWithZone(texts, at, facts.timeZone, facts.now)
  return {
    ...card('contact', facts.alias, [
      text(t('contact.from', { name: facts.name, time: time(facts.createdAt) })),
      text(facts.words ?? t('contact.noWords')),
      !facts.isSeen && text(t('contact.dueBy', { time: time(facts.dueAt) })),
      !facts.isSeen &&
        buttons({ ...button(t('contact.seen'), 'contact.seen', facts.id), isPrimary: true }),
      facts.isSeen && text(t('contact.isSeen')),
      note(t('contact.notAnswers')),
    ]),
    notification: t('leadOn.content'),
  }
}

export function contactSeen({ t }: Texts, name: string): Card {
  return card('contact-seen-done', t('contact.title'), [text(t('contact.told', { name }))])
}

/** For facilitators: the requests that wait. */
export function contactsCard(
  texts: Texts,
  facts: {
    alias: string
    waiting: readonly { id: string; createdAt: Date }[]
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const time = (at: Date) => timeWithZone(texts, at, facts.timeZone, facts.now)
  return card('contacts', t('contact.listTitle', { alias: facts.alias }), [
    facts.waiting.length === 0 && text(t('contact.none')),
    ...facts.waiting.flatMap(({ id, createdAt }) => [
      text(t('contact.asked', { time: time(createdAt) })),
      buttons(button(t('button.open'), 'contact.read', id)),
    ]),
  ])
}

/** For supervisors: that a request waits too long, without who asks or what they wrote. */
export function overdueCard(
  texts: Texts,
  facts: {
    alias: string
    createdAt: Date
    isSeen: boolean
    staff: readonly string[]
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const time = timeWithZone(texts, facts.createdAt, facts.timeZone, facts.now)
  return {
    ...card('contact-overdue', facts.alias, [
      text(t(facts.isSeen ? 'contact.overdueSeen' : 'contact.overdue', { time })),
      !facts.isSeen && heading(t('contact.askThem')),
      !facts.isSeen && list(facts.staff),
      !facts.isSeen && note(t('contact.overdueNote')),
    ]),
    notification: t('leadOn.content'),
  }
}
