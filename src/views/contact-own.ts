import type { Texts } from '../content/load.ts'
import type { Outcome, Rung } from '../domain/contact.ts'
import { button, buttons, type Card, card, compact, note, text } from './card.ts'
import { timeWithZone } from './notice.ts'

/** For the member who asked: whom it stands before, who has it, what came of it. */
export function contactStatus(
  texts: Texts,
  facts: {
    id: string
    alias: string
    createdAt: Date
    dueAt: Date
    /** Steps that it has reached, on which somebody is there. */
    steps: readonly Rung[]
    /** From 2 on it was opened again. */
    round: number
    /** The name of who has it, or closed it. */
    by: string
    holderId: string | null
    seenAt: Date | null
    closedAt: Date | null
    outcome: Outcome | null
    confirmedAt: Date | null
    timeZone: string
    lines: string
    now: Date
  },
): Card {
  const { t } = texts
  const time = (at: Date) => timeWithZone(texts, at, facts.timeZone, facts.now)
  const isOpen = facts.closedAt === null
  const isWaiting = isOpen && facts.holderId === null
  const steps = facts.steps.map((rung) => t(`contact.step.${rung}`))
  const isAsked = !isOpen && facts.outcome !== 'withdrawn' && facts.confirmedAt === null
  return {
    ...card(
      'contact-status',
      facts.alias,
      compact([
        text(t('contact.asked', { time: time(facts.createdAt) })),
        isOpen && facts.round > 1 && text(t('contact.isAgain')),
        isWaiting && facts.seenAt !== null && text(t('contact.hadIt')),
        isWaiting &&
          facts.seenAt === null &&
          steps.length > 0 &&
          text(
            facts.now < facts.dueAt
              ? t('contact.waiting', { time: time(facts.dueAt) })
              : t('contact.waitingLate'),
          ),
        isOpen &&
          steps.length > 0 &&
          text(t('contact.before', { steps: new Intl.ListFormat(texts.language).format(steps) })),
        isWaiting && steps.length === 0 && text(t('contact.alone')),
        isOpen &&
          facts.holderId !== null &&
          facts.seenAt !== null &&
          text(t('contact.seenBy', { name: facts.by, time: time(facts.seenAt) })),
        facts.closedAt !== null &&
          facts.outcome !== null &&
          text(t(`contact.ended.${facts.outcome}`, { name: facts.by, time: time(facts.closedAt) })),
        isAsked && text(t('contact.question')),
        isAsked &&
          buttons(
            { ...button(t('contact.yes'), 'contact.confirm', facts.id), isPrimary: true },
            button(t('contact.no'), 'contact.deny', facts.id),
          ),
        facts.confirmedAt !== null && text(t('contact.confirmed')),
        (isOpen || isAsked) && note(t('checkin.helpNow', { lines: facts.lines })),
        isOpen && buttons(button(t('contact.withdraw'), 'contact.withdraw', facts.id)),
      ]),
    ),
    notification: t('leadOn.content'),
  }
}

/**
 * The outcome of a member's own answer. `step`: the last one that is told now; null: nobody is
 * there.
 */
export function contactAnswered(
  { t }: Texts,
  answer: 'withdrawn' | 'confirmed' | 'reopened',
  lines: string,
  step: Rung | null = null,
): Card {
  return card('contact-answered', t('contact.title'), [
    text(t(`contact.answered.${answer}`)),
    answer === 'reopened' &&
      text(step ? t('contact.toldNow', { step: t(`contact.step.${step}`) }) : t('contact.alone')),
    answer !== 'confirmed' && note(t('checkin.helpNow', { lines })),
  ])
}
