import type { Texts } from '../content/load.ts'
import { MAX_STAFF } from '../domain/limits.ts'
import { type Card, card, type Form, text } from './card.ts'

/** The admin's list of who may run groups. `staff` are platform ids. */
export function staffForm({ t }: Texts, staff: readonly string[]): Form {
  return {
    kind: 'staff-form',
    verb: 'admin.staff.submit',
    id: null,
    title: t('staff.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('staff.intro'))],
    fields: [
      {
        type: 'people',
        name: 'staff',
        label: t('staff.people'),
        hint: t('staff.hint'),
        value: staff,
        limit: MAX_STAFF,
      },
    ],
  }
}

export function staffDone({ t }: Texts, count: number): Card {
  return card('staff-done', t('staff.title'), [text(t('staff.done', { count }))])
}
