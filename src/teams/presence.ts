import type { Incoming } from '../platform.ts'
import { senderOf, type TeamsActivity, tenantOf } from './parse.ts'

/**
 * Whether the app was added where this happened, or taken off; null: it says neither. An upgrade
 * takes it off and adds it within a moment.
 */
export function presenceOf(activity: TeamsActivity): 'added' | 'removed' | null {
  const { type, action, membersAdded = [], membersRemoved = [], recipient } = activity
  if (type === 'installationUpdate')
    return action?.startsWith('add') ? 'added' : action === 'remove' ? 'removed' : null
  if (type !== 'conversationUpdate') return null
  const isBot = ({ id }: { id: string }) => id === recipient.id
  if (membersRemoved.some(isBot)) return 'removed'
  return membersAdded.some(isBot) ? 'added' : null
}

/** A first look at the app by somebody who has just added it: its home. */
export function homeFor(activity: TeamsActivity): Incoming | null {
  const sender = senderOf(activity)
  const workspaceId = tenantOf(activity)
  if (!sender || !workspaceId || !activity.id) return null
  return {
    canOpen: false,
    requestId: `${activity.conversation.id} ${activity.id}`,
    platform: 'teams',
    workspaceId,
    sender,
    verb: 'home',
    input: {},
    via: 'button',
  }
}
