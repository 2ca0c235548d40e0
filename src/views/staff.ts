import type { Texts } from '../content/load.ts'
import { MAX_CHOSEN } from '../domain/limits.ts'
import { type Card, card, type Form, text } from './card.ts'

/**
 * The admin's form for who may run groups: people to add, people to take off. A form that held all
 * of them would have to be sent whole for each change. `names` are theirs while they are few; null:
 * there are too many to read.
 */
export function staffForm(
  { t }: Texts,
  { count, names }: { count: number; names: readonly string[] | null },
): Form {
  const now =
    names && names.length > 0
      ? t('staff.names', { names: names.join(', ') })
      : t('staff.now', { count })
  const people = (name: 'staff' | 'leaving', label: string, hint: string) =>
    ({ type: 'people', name, label, hint, value: [], limit: MAX_CHOSEN }) as const
  return {
    kind: 'staff-form',
    verb: 'admin.staff.submit',
    id: null,
    title: t('staff.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('staff.intro')), text(now)],
    fields: [
      people('staff', t('staff.add'), t('staff.addHint')),
      people('leaving', t('staff.takeOff'), t('staff.takeOffHint')),
    ],
  }
}

export function staffDone(
  { t }: Texts,
  facts: { added: number; removed: number; count: number },
): Card {
  return card('staff-done', t('staff.title'), [text(t('staff.done', facts))])
}
