import type { Texts } from '../content/load.ts'
import type { PlatformName } from '../platform.ts'
import type { Card } from '../views/card.ts'
import { helpCard } from '../views/help.ts'
import { type Context, command } from './command.ts'
import { noInput } from './input.ts'

/** Help is the same for everybody who reads a language on a platform: made once. */
const helpCards = new WeakMap<Texts, Map<PlatformName, Card>>()

function helpFor({ texts, incoming: { platform }, example }: Context): Card {
  const known = helpCards.get(texts) ?? new Map<PlatformName, Card>()
  const card = known.get(platform) ?? helpCard(texts, example)
  helpCards.set(texts, known.set(platform, card))
  return card
}

export const help = command({
  verb: 'help',
  isTyped: true,
  isSameForAll: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => ({ reply: { type: 'card', card: helpFor(context) } }),
})
