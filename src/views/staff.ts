import type { Texts } from '../content/load.ts'
import { MAX_CHOSEN } from '../domain/limits.ts'
import { type Card, card, type Form, text } from './card.ts'

/** `closed`: names of staff whose account is closed; no picker shows them. */
export type StaffNow = {
  count: number
  names: readonly string[] | null
  closed: readonly string[]
}

/**
 * The admin's form for who may run groups: people to add, people to take off. A form that held all
 * of them would have to be sent whole for each change. `names` are theirs while they are few; null:
 * there are too many to read.
 */
export function staffForm({ t }: Texts, { count, names, closed }: StaffNow): Form {
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
      ...(closed.length > 0
        ? [
            {
              type: 'choice' as const,
              name: 'closed',
              label: t('staff.closed'),
              hint: shortened(closed),
              options: [
                { value: 'keep', label: t('staff.closedKeep') },
                { value: 'off', label: t('staff.closedOff', { count: closed.length }) },
              ],
              value: 'keep',
            },
          ]
        : []),
    ],
  }
}

/** As many names as a hint holds. */
const shortened = (names: readonly string[]): string =>
  names.length > MOST_IN_HINT ? `${names.slice(0, MOST_IN_HINT).join(', ')} …` : names.join(', ')
const MOST_IN_HINT = 5

/** `unchanged`: who was staff already, or was none. */
export function staffDone(
  { t }: Texts,
  facts: Readonly<Record<'added' | 'removed' | 'unchanged', readonly string[]>> & {
    count: number
  },
): Card {
  const said = (
    key: 'staff.added' | 'staff.removed' | 'staff.unchanged',
    who: readonly string[],
  ) => (who.length > 0 ? [text(t(key, { names: who.join(', ') }))] : [])
  return card('staff-done', t('staff.title'), [
    ...said('staff.added', facts.added),
    ...said('staff.removed', facts.removed),
    ...said('staff.unchanged', facts.unchanged),
    text(t('staff.now', { count: facts.count })),
  ])
}
