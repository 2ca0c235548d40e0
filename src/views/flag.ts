import type { Texts } from '../content/load.ts'
import { type Card, card, type Form, text } from './card.ts'

/** `now` is what stands; null: nothing. */
export function flagForm(
  { t }: Texts,
  facts: {
    groupId: string
    alias: string
    flags: readonly ('talk' | 'cofacilitation')[]
    now: string | null
  },
): Form {
  return {
    kind: 'flag-form',
    verb: 'flag.submit',
    id: facts.groupId,
    title: t('flag.title'),
    submitLabel: t('button.save'),
    closeLabel: t('button.cancel'),
    intro: [text(t('flag.intro', { alias: facts.alias }))],
    fields: [
      {
        type: 'choice',
        name: 'flag',
        label: t('flag.label'),
        options: [
          ...facts.flags.map((value) => ({ value, label: t(`flag.${value}`) })),
          { value: 'none', label: t('flag.none') },
        ],
        value: facts.now ?? 'none',
        isExpanded: true,
      },
    ],
  }
}

export function flagDone({ t }: Texts, flag: 'talk' | 'cofacilitation' | null): Card {
  return card('flag-done', t('flag.title'), [
    text(flag ? t('flag.done', { text: t(`flag.${flag}`) }) : t('flag.gone')),
  ])
}
