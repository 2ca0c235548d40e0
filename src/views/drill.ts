import type { Texts } from '../content/load.ts'
import { type Card, card, compact, type Form, list, text } from './card.ts'

const WAYS = ['monthly', 'once', 'none'] as const

export function drillForm({ t }: Texts, hasDrills: boolean): Form {
  return {
    kind: 'drill-form',
    verb: 'admin.drill.submit',
    id: null,
    title: t('drill.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('drill.intro')), text(t('drill.steps'))],
    fields: [
      {
        type: 'choice',
        name: 'drill',
        label: t('drill.label'),
        options: (hasDrills ? WAYS : WAYS.slice(0, 2)).map((value) => ({
          value,
          label: t(`drill.${value}`),
        })),
        value: 'monthly',
        isExpanded: true,
      },
    ],
  }
}

/** `empty`: groups in which nobody is there, by name. Null: the monthly ones were stopped. */
export function drillDone(
  { t }: Texts,
  facts: { groups: number; empty: readonly string[]; hasDrills: boolean } | null,
): Card {
  if (!facts) return card('drill-done', t('drill.title'), [text(t('drill.stopped'))])
  return card(
    'drill-done',
    t('drill.title'),
    compact([
      text(t('drill.begun', { groups: facts.groups })),
      facts.empty.length > 0 && text(t('drill.empty')),
      facts.empty.length > 0 && list(facts.empty),
      text(t(facts.hasDrills ? 'drill.isMonthly' : 'drill.notMonthly')),
    ]),
  )
}

/** After somebody said that it came: it goes on, has come through, or waits for another step. */
export function drillSeen({ t }: Texts, alias: string, how: 'thanks' | 'through' | 'waits'): Card {
  return card('drill-seen', alias, [text(t(`drill.${how}`))])
}
