import type { Texts } from '../content/load.ts'
import type { Outcome } from '../domain/contact.ts'
import { button, buttons, type Card, card, compact, type Form, note, text } from './card.ts'
import { timeWithZone } from './notice.ts'

/**
 * For everybody whom it has reached: who asks, and what they wrote. `words` is null when they wrote
 * nothing; `holder` when nobody has it.
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
    round: number
    seenAt: Date | null
    holder: string | null
    isHeldByMe: boolean
    closedAt: Date | null
    outcome: Outcome | null
    confirmedAt: Date | null
    isDrill: boolean
    /** The one who asks has no place in the group any more. */
    hasLeft: boolean
    /** Titles of the platforms where they are, if they are not on the reader's. */
    elsewhere: readonly string[]
    /** On every platform. */
    isAccountClosed: boolean
    /** Whether the reader may close it. */
    mayClose: boolean
    isClosedAbove: boolean
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const time = (at: Date) => timeWithZone(texts, at, facts.timeZone, facts.now)
  const isOpen = facts.closedAt === null
  const isOver = facts.now >= facts.dueAt
  return {
    ...card(
      'contact',
      facts.alias,
      compact([
        text(
          facts.isDrill
            ? t('contact.drillAsks', { time: time(facts.createdAt) })
            : t('contact.from', { name: facts.name, time: time(facts.createdAt) }),
        ),
        !facts.isDrill &&
          facts.outcome !== 'withdrawn' &&
          text(facts.words ?? t('contact.noWords')),
        facts.hasLeft && text(t('contact.hasLeft')),
        facts.elsewhere.length > 0 &&
          text(
            t('contact.elsewhere', {
              platforms: new Intl.ListFormat(texts.language).format(facts.elsewhere),
            }),
          ),
        facts.isAccountClosed && text(t('contact.accountClosed')),
        isOpen && facts.round > 1 && text(t('contact.isReopened')),
        isOpen &&
          !facts.isDrill &&
          !facts.mayClose &&
          text(t(facts.isClosedAbove ? 'contact.closedAbove' : 'contact.takeFirst')),
        isOpen &&
          facts.holder === null &&
          !facts.isDrill &&
          text(t(isOver ? 'contact.overdue' : 'contact.dueBy', { time: time(facts.dueAt) })),
        isOpen &&
          facts.holder !== null &&
          text(
            facts.isHeldByMe ? t('contact.isMine') : t('contact.isHeld', { name: facts.holder }),
          ),
        facts.closedAt !== null &&
          facts.outcome !== null &&
          text(
            t(`contact.closed.${facts.outcome}`, {
              name: facts.holder ?? t('roster.someone'),
              time: time(facts.closedAt),
            }),
          ),
        facts.confirmedAt !== null && text(t('contact.isConfirmed')),
        isOpen &&
          !facts.isHeldByMe &&
          buttons({
            ...button(
              t(facts.isDrill ? 'contact.drillSeen' : 'contact.seen'),
              'contact.seen',
              facts.id,
            ),
            isPrimary: true,
          }),
        isOpen &&
          !facts.isDrill &&
          buttons(
            ...(facts.mayClose
              ? [
                  button(t('contact.reached'), 'contact.reached', facts.id),
                  button(t('contact.tried'), 'contact.tried', facts.id),
                  button(t('contact.handedOver'), 'contact.handedOver', facts.id),
                ]
              : []),
            button(t('contact.pass'), 'contact.pass', facts.id),
          ),
        !facts.isDrill && note(t('contact.notAnswers')),
      ]),
    ),
    notification: t('leadOn.content'),
  }
}

export function contactClosed(
  { t }: Texts,
  { alias, outcome }: { alias: string; outcome: Exclude<Outcome, 'withdrawn'> },
): Card {
  return card('contact-closed-done', alias, [
    text(t(`contact.done.${outcome}`)),
    text(t('contact.asksThem')),
  ])
}

/** A colleague to take it. */
export function passForm({ t }: Texts, id: string, alias: string): Form {
  return {
    kind: 'contact-pass-form',
    verb: 'contact.pass.submit',
    id,
    title: t('contact.passTitle'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('contact.passIntro', { alias }))],
    fields: [
      {
        type: 'people',
        name: 'colleague',
        label: t('contact.passTo'),
        hint: t('roster.staffHint'),
        value: [],
        limit: 1,
      },
    ],
  }
}

export function passDone({ t }: Texts, facts: { alias: string; name: string }): Card {
  return card('contact-pass-done', facts.alias, [text(t('contact.passed', { name: facts.name }))])
}
