import type { WebClient } from '@slack/web-api'
import { isTimeZone } from '../domain/time.ts'
import type { Address, Outgoing, PersonRef, Sent, Workspace } from '../platform.ts'
import { toPlatformError } from './failure.ts'
import { renderMessage } from './render.ts'

/** The workspace that the token is for. */
export async function whoAmI(client: WebClient): Promise<Workspace> {
  const { team_id, team } = await client.auth.test()
  if (!team_id) throw new Error('auth.test gave no team')
  return { externalId: team_id, name: team ?? team_id }
}

/**
 * Describes somebody who was chosen. Somebody of whom Slack does not tell in time is marked: a bot
 * or a closed account must not count as a member.
 */
export async function describe(client: WebClient, userId: string): Promise<PersonRef> {
  try {
    const { user } = await client.users.info({ user: userId, include_locale: true })
    const name = user?.profile?.display_name || user?.real_name || user?.name
    return {
      externalId: userId,
      isBot: user?.is_bot ?? false,
      isDeactivated: user?.deleted ?? false,
      isGuest: (user?.is_restricted ?? false) || (user?.is_ultra_restricted ?? false),
      ...(name ? { name } : {}),
      ...(user?.locale ? { language: user.locale } : {}),
      ...(user?.tz && isTimeZone(user.tz) ? { timeZone: user.tz } : {}),
    }
  } catch (error) {
    if (toPlatformError(error, false).attempt.outcome === 'gone')
      return { externalId: userId, isDeactivated: true }
    return { externalId: userId, isUnchecked: true }
  }
}

/** Whether another organisation is in a private channel, or will be; null: Slack did not say. */
export async function isShared(client: WebClient, channelId: string): Promise<boolean | null> {
  try {
    const { channel } = await client.conversations.info({ channel: channelId })
    if (!channel) return null
    const { is_ext_shared, is_pending_ext_shared, is_org_shared, is_shared } = channel
    return Boolean(is_ext_shared || is_pending_ext_shared || is_org_shared || is_shared)
  } catch {
    // The app is not in the channel, or may not look: then nobody knows, and it is not taken.
    return null
  }
}

/** The channel of a person's direct messages; null until it was opened. */
export const toDirectChannel = (address: Address | null): string | null =>
  address?.directChannel ?? null

/**
 * One message to one person's DM, or to a channel; with another token than the client's unless
 * null. Throws PlatformError.
 */
export async function send(
  client: WebClient,
  { recipient, notice }: Outgoing,
  token: string | null,
): Promise<Sent> {
  const isPerson = recipient.type === 'person'
  const channel = isPerson
    ? (toDirectChannel(recipient.address) ?? (await openDm(client, recipient.externalId, token)))
    : recipient.id
  try {
    const message = { channel, ...renderMessage(notice), unfurl_links: false, unfurl_media: false }
    await client.chat.postMessage({ ...message, ...withToken(token) })
    return {
      address:
        isPerson && recipient.address?.directChannel !== channel
          ? { directChannel: channel }
          : null,
    }
  } catch (error) {
    throw toPlatformError(error, true)
  }
}

const withToken = (token: string | null) => (token === null ? {} : { token })

async function openDm(client: WebClient, userId: string, token: string | null): Promise<string> {
  try {
    const { channel } = await client.conversations.open({ users: userId, ...withToken(token) })
    if (!channel?.id) throw new Error('conversations.open gave no channel')
    return channel.id
  } catch (error) {
    throw toPlatformError(error, false)
  }
}
