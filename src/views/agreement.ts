import { type Kind, pickList, type Texts } from '../content/load.ts'
import { MAX_AGREEMENT_LINE_CHARS, MAX_AGREEMENT_LINES } from '../domain/limits.ts'
import {
  button,
  type Card,
  card,
  type Field,
  type Form,
  heading,
  list,
  note,
  text,
} from './card.ts'
import { type Notice, notice } from './notice.ts'

export function welcomeNotice({ t }: Texts, group: { id: string; alias: string }): Notice {
  return notice('welcome', t('welcome.notice', { alias: group.alias }), {
    ...button(t('button.open'), 'welcome', group.id),
    isPrimary: true,
  })
}

/** Goals and agreement as they are now: the group's own words, or its kind's. */
export type Agreement = { goals: readonly string[]; agreement: readonly string[] }

export function agreementOf(
  texts: Texts,
  kind: Kind,
  own: { goals: readonly string[] | null; agreement: readonly string[] | null },
): Agreement {
  return {
    goals: own.goals ?? pickList(texts, kind.goals),
    agreement: own.agreement ?? pickList(texts, kind.agreement),
  }
}

/** The goals and the agreement, for a member. */
export function welcomeForm(
  texts: Texts,
  facts: {
    verb: 'welcome.accept' | 'checkin.begin'
    id: string
    alias: string
    words: Agreement
    hidesMembers: boolean
    version: string
    examples: { leave: string; pause: string }
  },
): Form {
  const { t } = texts
  return {
    kind: 'welcome-form',
    verb: facts.verb,
    id: facts.id,
    version: facts.version,
    title: t('welcome.title'),
    submitLabel: t('welcome.accept'),
    closeLabel: t('button.close'),
    intro: [
      text(t('welcome.intro', { alias: facts.alias })),
      heading(t('welcome.goals')),
      list(facts.words.goals),
      heading(t('welcome.agreement')),
      list(facts.words.agreement),
      text(t('welcome.what')),
      text(t('welcome.promise')),
      text(t('welcome.optional')),
      text(t('welcome.leave', facts.examples)),
      ...(facts.hidesMembers ? [note(t('welcome.hidden'))] : []),
    ],
    fields: [],
  }
}

export function welcomeDone({ t }: Texts): Card {
  return card('welcome-done', t('welcome.title'), [text(t('welcome.done'))])
}

/** The words to edit, for a facilitator. A line each. */
export function agreementForm(
  texts: Texts,
  facts: { groupId: string; words: Agreement; accepted: number; members: number },
): Form {
  const { t } = texts
  const field = (name: 'goals' | 'agreement', lines: readonly string[]): Field => ({
    type: 'text',
    name,
    label: t(`welcome.${name}`),
    hint: t('agreement.hint', { lines: MAX_AGREEMENT_LINES, chars: MAX_AGREEMENT_LINE_CHARS }),
    value: lines.join('\n'),
    maxLength: MAX_AGREEMENT_LINES * (MAX_AGREEMENT_LINE_CHARS + 1),
    isLong: true,
    isOptional: true,
  })
  return {
    kind: 'agreement-form',
    verb: 'agreement.submit',
    id: facts.groupId,
    title: t('agreement.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    merges: {},
    intro: [
      text(t('agreement.accepted', { accepted: facts.accepted, members: facts.members })),
      text(t('agreement.asked')),
    ],
    fields: [field('goals', facts.words.goals), field('agreement', facts.words.agreement)],
  }
}

export function agreementDone({ t }: Texts, facts: { members: number; isChanged: boolean }): Card {
  return card('agreement-done', t('agreement.title'), [
    text(facts.isChanged ? t('agreement.done', { members: facts.members }) : t('agreement.same')),
  ])
}
