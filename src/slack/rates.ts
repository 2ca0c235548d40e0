import type { Outgoing, Rate } from '../platform.ts'
import { toDirectChannel } from './calls.ts'

/**
 * Slack takes one message a second in a channel, and lets an app burst little beyond; one a second
 * over all is always taken.
 */
export function slackRates({ workspaceId, recipient }: Outgoing): readonly Rate[] {
  const target = recipient.type === 'person' ? recipient.externalId : recipient.id
  const toTarget = { key: `slack ${workspaceId} to ${target}`, calls: 1, perMs: 1_000 }
  // conversations.open is tier 3: fifty a minute.
  const isOpening = recipient.type === 'person' && toDirectChannel(recipient.address) === null
  const opening = { key: `slack ${workspaceId} open`, calls: 1, perMs: 1_200 }
  return [toTarget, ...(isOpening ? [opening] : [])]
}

export function workspaceRates(workspaceId: string): readonly Rate[] {
  return [{ key: `slack ${workspaceId} post`, calls: 1, perMs: 1_000 }]
}
