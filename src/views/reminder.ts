import type { Texts } from '../content/load.ts'
import { MAX_REMINDERS, REMINDER_CHOICES } from '../domain/limits.ts'
import { type Card, card, type Field, type Form, note, type Option, text } from './card.ts'
import { timeWithZone } from './notice.ts'

/** "24 hours", "30 minutes", "1 week". */
function leadTime({ t }: Texts, minutes: number): string {
  if (minutes % 10_080 === 0) return t('lead.weeks', { count: minutes / 10_080 })
  if (minutes % 1_440 === 0 && minutes > 1_440) return t('lead.days', { count: minutes / 1_440 })
  return minutes % 60 === 0
    ? t('lead.hours', { count: minutes / 60 })
    : t('lead.minutes', { count: minutes })
}

/** "24 hours and 1 hour before", in words; a group may have none. */
export function leadTimes(texts: Texts, minutes: readonly number[]): string {
  const words = [...minutes].sort((a, b) => b - a).map((one) => leadTime(texts, one))
  return words.length === 0
    ? texts.t('lead.none')
    : texts.t('lead.before', { times: texts.join(words) })
}

export function remindForm(
  texts: Texts,
  facts: {
    groupId: string
    minutes: readonly number[]
    nextAt: Date | null
    timeZone: string
    now: Date
  },
): Form {
  const { t } = texts
  const options: Option[] = [
    { value: 'none', label: t('remind.none') },
    ...REMINDER_CHOICES.map((minutes) => ({
      value: String(minutes),
      label: leadTimes(texts, [minutes]),
    })),
  ]
  const field = (index: number): Field => ({
    type: 'choice',
    name: `reminder${index + 1}`,
    label: t('remind.nth', { number: index + 1 }),
    options,
    value: String(facts.minutes[index] ?? 'none'),
  })
  const next = facts.nextAt && timeWithZone(texts, facts.nextAt, facts.timeZone, facts.now)
  const now: Field = {
    type: 'choice',
    name: 'now',
    isAsked: true,
    label: t('remind.now'),
    hint: next ? t('remind.nowHint', { time: next }) : t('remind.noSession'),
    options: [
      { value: 'no', label: t('answer.no') },
      { value: 'yes', label: t('answer.yes') },
    ],
    value: 'no',
  }
  const reminders = Array.from({ length: MAX_REMINDERS }, (_, index) => field(index))
  return {
    kind: 'remind-form',
    verb: 'remind.submit',
    id: facts.groupId,
    title: t('remind.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    merges: { together: reminders.map(({ name }) => name) },
    intro: [text(t('remind.intro'))],
    fields: [...reminders, ...(facts.nextAt ? [now] : [])],
  }
}

export function remindDone(
  texts: Texts,
  facts: { minutes: readonly number[]; people: number | null },
): Card {
  const { t } = texts
  return card('remind-done', t('remind.title'), [
    text(
      facts.minutes.length > 0
        ? t('remind.done', { times: leadTimes(texts, facts.minutes) })
        : t('remind.doneNone'),
    ),
    facts.people !== null && text(t('remind.sentNow', { count: facts.people })),
    note(t('remind.quiet')),
  ])
}
