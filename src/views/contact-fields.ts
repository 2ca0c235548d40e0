import type { Texts } from '../content/load.ts'
import { NO_CONTACT_REASONS, type NoContactReason } from '../domain/contact.ts'
import { CONTACT_HOURS } from '../domain/limits.ts'
import { type StaffedTime, windowsText } from '../domain/staffed.ts'
import { weekdayName } from '../domain/time.ts'
import type { Field } from './card.ts'
import { elsewhereHint, type ShownPerson } from './elsewhere.ts'

/** ISO weekdays, Monday first. */
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const

/**
 * How contact requests are settled, as forms start with it. `hours` undefined: not chosen yet;
 * null: nobody is there.
 */
export type ContactDraft = {
  backup: ShownPerson
  hours?: number | null
  times: readonly StaffedTime[]
  reason: NoContactReason | null
}

/** Fields of forms that settle who is there for contact requests, and when. */
export function contactFields({ t, language }: Texts, draft: ContactDraft): Field[] {
  return [
    {
      type: 'choice',
      name: 'contactHours',
      label: t('edit.contact'),
      hint: t('edit.contactHint'),
      options: [
        ...CONTACT_HOURS.map((hours) => ({
          value: String(hours),
          label: t('edit.contactWithin', { hours }),
        })),
        { value: 'none', label: t('edit.contactNone') },
      ],
      ...(draft.hours === undefined ? {} : { value: String(draft.hours ?? 'none') }),
    },
    {
      type: 'people',
      name: 'backup',
      label: t('edit.backup'),
      hint: elsewhereHint(t, draft.backup, 'edit.backupHint'),
      value: draft.backup.externalId ? [draft.backup.externalId] : [],
      limit: 1,
    },
    ...WEEKDAYS.map((weekday): Field => {
      const value = windowsText(draft.times, weekday)
      return {
        type: 'text',
        name: `staffed${weekday}`,
        label: t('staffed.day', { day: weekdayName(weekday, language) }),
        ...(weekday === 1 ? { hint: t('staffed.hint') } : {}),
        ...(value === '' ? {} : { value }),
        maxLength: 40,
        isOptional: true,
      }
    }),
    {
      type: 'choice',
      name: 'noContact',
      label: t('edit.noContact'),
      hint: t('edit.noContactHint'),
      options: [
        { value: 'none', label: t('edit.noContactNone') },
        ...NO_CONTACT_REASONS.map((reason) => ({
          value: reason,
          label: t(`contact.off.${reason}`),
        })),
      ],
      value: draft.reason ?? 'none',
      isOptional: true,
    },
  ]
}
