import type { Language, Texts } from '../content/load.ts'
import { type Card, card, type Form, text } from './card.ts'
import { timeWithZone } from './notice.ts'

/** A null language is the platform's. */
export function digestSettingsForm(
  texts: Texts,
  plan: { weekday: number; localTime: string; timeZone: string; language: string | null },
  languages: readonly Language[],
): Form {
  const { t } = texts
  const dayName = new Intl.DateTimeFormat(texts.language, { weekday: 'long', timeZone: 'UTC' })
  return {
    kind: 'digest-settings-form',
    verb: 'digest.settings.submit',
    id: null,
    title: t('digest.when'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    merges: {},
    intro: [text(t('digest.whenIntro'))],
    fields: [
      {
        type: 'choice',
        name: 'weekday',
        label: t('digest.weekday'),
        // 5 January 1970 was a Monday.
        options: Array.from({ length: 7 }, (_, index) => ({
          value: String(index + 1),
          label: dayName.format(new Date((4 + index) * 24 * 3_600_000)),
        })),
        value: String(plan.weekday),
      },
      {
        type: 'text',
        name: 'time',
        label: t('digest.time'),
        hint: t('digest.timeHint'),
        value: plan.localTime,
        maxLength: 5,
      },
      {
        type: 'text',
        name: 'timeZone',
        label: t('digest.zone'),
        hint: t('digest.zoneHint'),
        value: plan.timeZone,
        maxLength: 60,
      },
      {
        type: 'choice',
        name: 'language',
        label: t('digest.language'),
        options: [
          { value: 'own', label: t('digest.languageOwn') },
          ...languages.map(({ id, name }) => ({ value: id, label: name })),
        ],
        value: plan.language ?? 'own',
      },
    ],
  }
}

export function digestSettingsDone(
  texts: Texts,
  facts: { dueAt: Date; timeZone: string; now: Date },
): Card {
  const time = timeWithZone(texts, facts.dueAt, facts.timeZone, facts.now)
  return card('digest-settings-done', texts.t('digest.when'), [
    text(texts.t('digest.whenDone', { time })),
  ])
}
