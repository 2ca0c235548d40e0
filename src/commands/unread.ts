import type { Card } from '../views/card.ts'
import { unreadCard } from '../views/unread.ts'
import { type Context, command } from './command.ts'
import { linesFor } from './help-lines-for.ts'
import { noInput } from './input.ts'

/**
 * Anything that somebody types and that is no command. The door gives it nothing of what was typed:
 * it cannot be read, quoted or kept (docs/decisions/0037).
 */
export const unread = command({
  verb: 'unread',
  isTyped: false,
  access: { who: 'anyone' },
  effect: 'read',
  input: noInput,
  run: async (context) => ({ reply: { type: 'card', card: cardOfUnread(context) } }),
})

/** The one answer to words that nobody reads. */
export function cardOfUnread(context: Context): Card {
  const mayAsk = context.memberships.some(
    ({ role, contactHours }) => role === 'member' && contactHours !== null,
  )
  const facts = { lines: linesFor(context), mayAsk, example: context.example }
  return unreadCard(context.texts, facts)
}
