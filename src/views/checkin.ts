import type { Texts } from '../content/load.ts'
import { optionsOf, type QuestionSet } from '../content/question-set.ts'
import { LEAST_WRITERS } from '../domain/disclosure.ts'
import { MAX_ANSWER_CHARS } from '../domain/limits.ts'
import { WORDS_DAYS } from '../domain/retention.ts'
import {
  type Button,
  buttons,
  type Card,
  compact,
  type Field,
  type Form,
  note,
  text,
} from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'

/** The value of "I'd rather not say": as good as leaving the question out. */
export const SKIPPED = 'skip'
/** The field of the answer in words; no question's id can be this. */
export const WORDS = 'ownWords'

/** More options than these become a list to open; Slack draws ten buttons for most. */
const MOST_EXPANDED = 10

/** Null: nobody is there for contact requests, and none is offered. */
type Contactable = { contactGroupId: string | null }
type CheckInFacts = {
  checkInId: string
  alias: string
  closesAt: Date
  timeZone: string
  now: Date
}

export function checkInNotice(
  texts: Texts,
  facts: CheckInFacts & Contactable,
  kind: 'check-in' | 'check-in-nudge',
): Notice {
  const { t } = texts
  const time = timeWithZone(texts, facts.closesAt, facts.timeZone, facts.now)
  const button: Button = {
    label: t('checkin.button'),
    verb: 'checkin.answer',
    id: facts.checkInId,
    opens: 'dialog',
    isPrimary: true,
  }
  const line = t(kind === 'check-in' ? 'checkin.notice' : 'checkin.nudge', {
    alias: facts.alias,
    time,
  })
  // For everyone alike, so that using it says nothing about answers.
  return facts.contactGroupId === null
    ? notice(kind, line, button)
    : notice(kind, line, button, contactButton(texts, facts.contactGroupId))
}

/** "Ask to be contacted": a form of its own, never joined to answers. */
const contactButton = ({ t }: Texts, groupId: string): Button => ({
  label: t('contact.button'),
  verb: 'contact',
  id: groupId,
  opens: 'dialog',
})

/** The questions. Never says whether this member answered before, and never shows an answer. */
export function checkInForm(
  texts: Texts,
  set: QuestionSet,
  facts: CheckInFacts & {
    k: number
    audience: 'shared' | 'staff'
    /** Members who are asked, and how many are new since the last one; null in a preview. */
    asked: number | null
    newcomers: number
    asksText: boolean
    helpLines: string
    /** The line in place of the offer where nobody can be asked; null: somebody can. */
    noContact: string | null
    privacyCommand: string
  },
): Form {
  const { t } = texts
  return {
    kind: 'check-in-form',
    verb: 'checkin.submit',
    id: facts.checkInId,
    title: t('checkin.title'),
    submitLabel: t('checkin.send'),
    closeLabel: t('button.close'),
    waitsOpen: true,
    intro: compact([
      text(t('checkin.nobodyReads')),
      text(t('checkin.helpNow', { lines: facts.helpLines })),
      facts.noContact !== null && text(facts.noContact),
      text(t('checkin.promise', { privacy: facts.privacyCommand })),
      note(
        [
          t(`checkin.k.${facts.audience}`, { k: facts.k }),
          ...(facts.asked === null
            ? []
            : [t('checkin.asked', { asked: facts.asked, newcomers: facts.newcomers })]),
          t('checkin.collude'),
          t('checkin.replaces'),
          t('checkin.until', {
            time: timeWithZone(texts, facts.closesAt, facts.timeZone, facts.now),
          }),
          texts.pick(set.notice),
        ].join(' '),
      ),
      set.stem && text(texts.pick(set.stem)),
    ]),
    fields: [
      ...set.questions.map((question) => choiceOf(texts, set, question)),
      ...(facts.asksText ? [wordsOf(texts, facts)] : []),
    ],
  }
}

function choiceOf(
  texts: Texts,
  set: QuestionSet,
  question: QuestionSet['questions'][number],
): Field {
  const options = [
    ...optionsOf(set, question.id).map(({ value, label }) => ({
      value: String(value),
      label: texts.pick(label),
    })),
    { value: SKIPPED, label: texts.t('checkin.skip') },
  ]
  return {
    type: 'choice',
    name: question.id,
    label: texts.pick(question.text),
    options,
    isOptional: true,
    isExpanded: options.length <= MOST_EXPANDED,
  }
}

/** The one answer in words; the warning stands at the field. */
const wordsOf = ({ t }: Texts, { audience }: { audience: 'shared' | 'staff' }): Field => ({
  type: 'text',
  name: WORDS,
  label: t('checkin.words'),
  hint: t(`checkin.wordsHint.${audience}`, { least: LEAST_WRITERS, days: WORDS_DAYS }),
  maxLength: MAX_ANSWER_CHARS,
  isLong: true,
  isOptional: true,
})

/** The same for everyone, whatever they answered. */
export function checkInThanks(
  texts: Texts,
  facts: {
    closesAt: Date
    timeZone: string
    now: Date
    helpLines: string
    noContact: string | null
  } & Contactable,
): Card {
  const { t } = texts
  const time = timeWithZone(texts, facts.closesAt, facts.timeZone, facts.now)
  return {
    kind: 'thanks',
    title: t('checkin.thanksTitle'),
    notification: t('checkin.thanksTitle'),
    blocks: [
      text(t('checkin.thanks', { time })),
      text(t('checkin.helpNow', { lines: facts.helpLines })),
      facts.contactGroupId === null
        ? note(facts.noContact ?? t('contact.off.none'))
        : buttons(contactButton(texts, facts.contactGroupId)),
    ],
  }
}
