import { type Address, type Outgoing, PlatformError } from '../platform.ts'
import type { Card } from '../views/card.ts'
import { isPersonal, type TeamsActivity, tenantOf } from './parse.ts'
import { type AdaptiveCard, renderCard } from './render.ts'
import type { Transport } from './transport.ts'

export const attachment = (card: AdaptiveCard) => ({
  contentType: 'application/vnd.microsoft.card.adaptive',
  content: card,
})

export function messageOf(card: Card, language: string | null) {
  const rendered = renderCard(card, language)
  return { type: 'message', summary: rendered.summary, attachments: [attachment(rendered.card)] }
}

/**
 * Answers somebody alone: in the personal chat; elsewhere as a targeted message, if theirs was one;
 * otherwise in a personal chat opened now; failing that with a line that says nothing but where to
 * go. A connector that does not know targeted messages would show one to everybody.
 */
export async function replyPrivately(
  transport: Transport,
  activity: TeamsActivity,
  { card, language, openChat }: { card: Card; language: string | null; openChat: string },
): Promise<void> {
  const { serviceUrl, conversation, from, recipient } = activity
  const message = messageOf(card, language)
  const here = `v3/conversations/${encodeURIComponent(conversation.id)}/activities`
  if (isPersonal(activity)) {
    await transport.post(serviceUrl, here, {
      ...message,
      from: recipient,
      conversation,
      recipient: from,
      replyToId: activity.id,
    })
    return
  }
  const targeted = {
    ...message,
    from: { id: recipient.id },
    conversation,
    recipient: { id: from.id, isTargeted: true },
  }
  const isTargeted = recipient.isTargeted ?? false
  const target = `${here}?isTargetedActivity=true`
  if (isTargeted && (await tried(transport.post(serviceUrl, target, targeted)))) return
  const chat = chatWith(from.id, { botId: recipient.id, tenantId: tenantOf(activity) ?? '' })
  const direct = async () => {
    const { id } = await transport.post(serviceUrl, 'v3/conversations', chat)
    await transport.post(
      serviceUrl,
      `v3/conversations/${encodeURIComponent(id ?? '')}/activities`,
      {
        ...message,
        from: { id: recipient.id },
      },
    )
  }
  if (!(await tried(direct()))) await sayHere(transport, activity, openChat)
}

/**
 * The bot's own chat with one person who has the app, named by either of their ids: Teams takes the
 * Entra object id in place of its own (MicrosoftDocs/msteams-docs #14079, #11125).
 */
const chatWith = (id: string, { botId, tenantId }: { botId: string; tenantId: string }) => ({
  isGroup: false,
  bot: { id: botId },
  members: [{ id }],
  tenantId,
  channelData: { tenant: { id: tenantId } },
})

/**
 * Asks Teams for the chat with somebody who has the app and whose address is not known: they came
 * back after they were forgotten, or an admin gave them the app. Throws PlatformError, `notOpened`
 * where Teams does not give one.
 */
export async function openChat(
  transport: Transport,
  { recipient, workspaceId: tenantId }: Outgoing,
): Promise<Address> {
  const notOpened = new PlatformError({ outcome: 'notYet', reason: 'notOpened' })
  if (!transport.home || recipient.type !== 'person') throw notOpened
  const { serviceUrl, botId } = transport.home
  try {
    const asked = chatWith(recipient.externalId, { botId, tenantId })
    const { id } = await transport.post(serviceUrl, 'v3/conversations', asked)
    if (id) return { serviceUrl, conversationId: id, botId, tenantId }
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    const { attempt, code } = error
    // Nothing was posted, whatever became of the asking: it may be asked again.
    if (attempt.outcome === 'unknown')
      throw new PlatformError({ outcome: 'refused', reason: 'noAnswer' }, { code, cause: error })
    if (!NOT_GIVEN.has(attempt.outcome)) throw error
  }
  throw notOpened
}

/** Teams gives no chat with this person. */
const NOT_GIVEN = new Set<string>(['gone', 'forbidden', 'impossible'])

/** One line that everybody in this chat or channel may read. */
export async function sayHere(
  transport: Transport,
  { serviceUrl, conversation, recipient }: TeamsActivity,
  text: string,
): Promise<void> {
  await transport.post(
    serviceUrl,
    `v3/conversations/${encodeURIComponent(conversation.id)}/activities`,
    { type: 'message', text, from: { id: recipient.id }, conversation },
  )
}

/** Nobody knows whether the call went through, or it may go through in a moment. */
const UNDECIDED = new Set<string>(['unknown', 'paced'])

/**
 * Whether a call went through. Only a refusal counts as "no": an unknown outcome is not tried
 * elsewhere, it may have arrived.
 */
async function tried(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (error instanceof PlatformError && !UNDECIDED.has(error.attempt.outcome)) return false
    throw error
  }
}
