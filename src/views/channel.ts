import type { Texts } from '../content/load.ts'
import { type Card, card, text } from './card.ts'

export function channelCard(
  { t }: Texts,
  facts: { state: 'set' | 'removed'; alias: string },
): Card {
  return card('channel', t('channel.title'), [
    text(t(`channel.${facts.state}`, { alias: facts.alias })),
    facts.state === 'set' && text(t('channel.what')),
  ])
}
