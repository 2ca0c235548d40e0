import type { Texts } from '../content/load.ts'
import type { NoContactReason, Rung } from '../domain/contact.ts'
import { type Card, card, compact, type Form, list, note, text } from './card.ts'
import { type ContactDraft, contactFields } from './contact-fields.ts'
import { timeWithZone } from './notice.ts'

export function contactSettingsForm(
  texts: Texts,
  groupId: string,
  alias: string,
  draft: ContactDraft,
): Form {
  const { t } = texts
  return {
    kind: 'contact-settings-form',
    verb: 'contact.settings.submit',
    id: groupId,
    title: t('contactSettings.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    merges: {},
    intro: [text(t('contactSettings.intro', { alias })), note(t('contactSettings.anyHour'))],
    fields: contactFields(texts, draft),
  }
}

/** Says what members now read, and where a request goes. `promised` null: none is taken. */
export function contactSettingsDone(
  texts: Texts,
  facts: {
    alias: string
    promised: { dueAt: Date; paths: { facilitators: readonly Rung[] } } | null
    reason: NoContactReason | null
    hasBackup: boolean
    /** Names of people who stand on more than one step. */
    twice: readonly string[]
    timeZone: string
    now: Date
  },
): Card {
  const { t } = texts
  const { promised } = facts
  return card(
    'contact-settings-done',
    facts.alias,
    compact([
      promised === null && text(t('edit.contactOff')),
      promised === null && text(t(`contact.off.${facts.reason ?? 'none'}`)),
      promised !== null &&
        text(
          t('contactSettings.now', {
            time: timeWithZone(texts, promised.dueAt, facts.timeZone, facts.now),
          }),
        ),
      promised !== null && text(t('contactSettings.way')),
      promised !== null &&
        list(
          promised.paths.facilitators.length > 0
            ? promised.paths.facilitators.map((rung) => t(`contactSettings.step.${rung}`))
            : [t('contact.off.nobody')],
        ),
      !facts.hasBackup && note(t('contactSettings.noBackup')),
      ...facts.twice.map((name) => note(t('contactSettings.twice', { name }))),
    ]),
  )
}
