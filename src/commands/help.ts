import type { Texts } from '../content/load.ts'
import type { Card } from '../views/card.ts'
import { helpCard } from '../views/help.ts'
import { type Context, command } from './command.ts'
import { linesFor } from './help-lines-for.ts'
import { noInput } from './input.ts'

/** Help is the same for everybody who reads a language, on a platform, with the same help lines. */
const helpCards = new WeakMap<Texts, Map<string, Card>>()
/** Platforms times help lines; far more than a service has. */
const MOST_CARDS = 1_000

function helpFor(context: Context): Card {
  const { texts, incoming, example } = context
  const lines = linesFor(context)
  const key = `${incoming.platform} ${lines}`
  const known = helpCards.get(texts) ?? new Map<string, Card>()
  const card = known.get(key) ?? helpCard(texts, example, lines)
  if (known.size < MOST_CARDS) helpCards.set(texts, known.set(key, card))
  return card
}

export const help = command({
  verb: 'help',
  isTyped: true,
  isSameForAll: true,
  isWholeLine: true,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => ({ reply: { type: 'card', card: helpFor(context) } }),
})
