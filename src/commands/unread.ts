import { unreadCard } from '../views/unread.ts'
import { command } from './command.ts'
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
  run: async (context) => {
    const mayAsk = context.memberships.some(
      ({ role, contactHours }) => role === 'member' && contactHours !== null,
    )
    const facts = { lines: linesFor(context), mayAsk, example: context.example }
    return { reply: { type: 'card', card: unreadCard(context.texts, facts) } }
  },
})
