import { PlatformError } from '../platform.ts'
import type { Card } from '../views/card.ts'
import { isPersonal, type TeamsActivity, tenantOf } from './parse.ts'
import { type AdaptiveCard, renderCard } from './render.ts'
import type { Transport } from './transport.ts'

export const attachment = (card: AdaptiveCard) => ({
  contentType: 'application/vnd.microsoft.card.adaptive',
  content: card,
})

export function messageOf(card: Card) {
  const rendered = renderCard(card)
  return { type: 'message', summary: rendered.summary, attachments: [attachment(rendered.card)] }
}

/**
 * Answers a typed message to its sender alone: in the personal chat; elsewhere as a targeted
 * message; failing that in a personal chat opened now; failing that with a line that says nothing
 * but where to go.
 */
export async function replyPrivately(
  transport: Transport,
  activity: TeamsActivity,
  card: Card,
  openChat: string,
): Promise<void> {
  const { serviceUrl, conversation, from, recipient } = activity
  const message = messageOf(card)
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
  if (await tried(transport.post(serviceUrl, `${here}?isTargetedActivity=true`, targeted))) return
  const members = [{ id: from.id }]
  const tenant = tenantOf(activity)
  const opened = {
    isGroup: false,
    bot: { id: recipient.id },
    members,
    tenantId: tenant,
    channelData: { tenant: { id: tenant } },
  }
  const direct = async () => {
    const { id } = await transport.post(serviceUrl, 'v3/conversations', opened)
    await transport.post(
      serviceUrl,
      `v3/conversations/${encodeURIComponent(id ?? '')}/activities`,
      {
        ...message,
        from: { id: recipient.id },
      },
    )
  }
  if (await tried(direct())) return
  await transport.post(serviceUrl, here, {
    type: 'message',
    text: openChat,
    from: { id: recipient.id },
    conversation,
  })
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
