import type { Texts } from '../content/load.ts'
import { type Card, card, compact, type Form, list, text } from './card.ts'

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
        options: (['monthly', 'once', 'none'] as const).map((value) => ({
          value,
          label: t(`drill.${value}`),
        })),
        value: hasDrills ? 'monthly' : 'once',
        isExpanded: true,
      },
    ],
  }
}

/** `empty`: groups in which nobody is there, by name. */
export function drillDone(
  { t }: Texts,
  facts: { groups: number; empty: readonly string[]; hasDrills: boolean },
): Card {
  return card(
    'drill-done',
    t('drill.title'),
    compact([
      text(t('drill.begun', { groups: facts.groups })),
      facts.empty.length > 0 && text(t('drill.empty')),
      facts.empty.length > 0 && list(facts.empty),
      text(t(facts.hasDrills ? 'drill.monthly' : 'drill.notMonthly')),
    ]),
  )
}

export function drillSeen({ t }: Texts, alias: string): Card {
  return card('drill-seen', alias, [text(t('drill.thanks'))])
}
