import type { QuestionSet, Texts } from '../content/load.ts'
import { type Button, type Card, type Field, type Form, note, text } from './card.ts'
import { type Notice, notice, timeWithZone } from './notice.ts'

/** The value of "I'd rather not say": as good as leaving the question out. */
export const SKIPPED = 'skip'

type CheckInFacts = { checkInId: string; alias: string; closesAt: Date; timeZone: string; now: Date }

export function checkInNotice(texts: Texts, facts: CheckInFacts, kind: 'check-in' | 'check-in-nudge'): Notice {
  const { t } = texts
  const time = timeWithZone(texts, facts.closesAt, facts.timeZone, facts.now)
  const button: Button = {
    label: t('checkin.button'),
    verb: 'checkin',
    id: facts.checkInId,
    opens: 'dialog',
    isPrimary: true,
  }
  const line = t(kind === 'check-in' ? 'checkin.notice' : 'checkin.nudge', { alias: facts.alias, time })
  return notice(kind, line, button)
}

/** The questions. Never says whether this member answered before, and never shows an answer. */
export function checkInForm(
  texts: Texts,
  set: QuestionSet,
  facts: CheckInFacts & { k: number; helpLines: string; privacyCommand: string },
): Form {
  const { t } = texts
  const steps = set.steps.map((step) => ({ value: String(step.value), label: texts.pick(step.label) }))
  const options = [...steps, { value: SKIPPED, label: t('checkin.skip') }]
  return {
    kind: 'check-in-form',
    verb: 'checkin.submit',
    id: facts.checkInId,
    title: t('checkin.title'),
    submitLabel: t('checkin.send'),
    closeLabel: t('button.close'),
    intro: [
      text(t('checkin.nobodyReads')),
      text(t('checkin.helpNow', { lines: facts.helpLines })),
      text(t('checkin.promise', { privacy: facts.privacyCommand })),
      note(
        [
          t('checkin.k', { k: facts.k }),
          t('checkin.replaces'),
          t('checkin.until', { time: timeWithZone(texts, facts.closesAt, facts.timeZone, facts.now) }),
        ].join(' '),
      ),
    ],
    fields: set.questions.map(
      (question): Field => ({
        type: 'choice',
        name: question.id,
        label: texts.pick(question.text),
        options,
        isOptional: true,
        isExpanded: true,
      }),
    ),
  }
}

/** The same for everyone, whatever they answered. */
export function checkInThanks(
  texts: Texts,
  facts: { closesAt: Date; timeZone: string; now: Date; helpLines: string },
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
      note(t('checkin.noContact')),
    ],
  }
}
