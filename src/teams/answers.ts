import type { Card, Reply } from '../views/card.ts'
import { type AdaptiveCard, renderCard, renderDialogCard, renderForm } from './render.ts'
import { attachment } from './reply.ts'

/** The words for a field that was left empty, in a language. */
type Say = (key: 'error.leftEmpty', language: string | null) => string

/**
 * The card that can stand in a chat. The door gives no form and no result to a request that cannot
 * open one.
 */
export function chatCard(reply: Reply): Card {
  if (reply.type === 'form' || reply.type === 'content')
    throw new Error('a form or a result was given to a chat')
  if (reply.type === 'errors') {
    return {
      kind: 'problem',
      title: reply.message,
      notification: reply.message,
      blocks: [{ type: 'text', text: reply.message }],
    }
  }
  return reply.card
}

/** Action.Execute in a personal chat: the answer takes the card's place. Null: it stays. */
export function cardAnswer(reply: Reply | null) {
  if (!reply)
    return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: '' }
  return {
    statusCode: 200,
    type: 'application/vnd.microsoft.card.adaptive',
    value: renderCard(chatCard(reply), reply.language ?? null).card,
  }
}

/** A dialog opened or sent: the next thing that it shows; an empty body closes it. */
export function dialogAnswer(reply: Reply | null, say: Say) {
  if (!reply) return {}
  const { title, card } = dialogContent(reply, say)
  return {
    task: {
      type: 'continue',
      value: { title, height: 'large', width: 'medium', card: attachment(card) },
    },
  }
}

function dialogContent(reply: Reply, say: Say): { title: string; card: AdaptiveCard } {
  const language = reply.language ?? null
  const read = { language, leftEmpty: say('error.leftEmpty', language) }
  if (reply.type === 'form') return renderForm(reply.form, read)
  if (reply.type === 'errors')
    return reply.form
      ? renderForm(reply.form, read, reply.fields)
      : renderDialogCard(chatCard(reply), language)
  return renderDialogCard(reply.card, language)
}
