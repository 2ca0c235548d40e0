import type { WebClient } from '@slack/web-api'
import { SetupError } from '../errors.ts'
import {
  type Address,
  type Outgoing,
  type PersonRef,
  PlatformError,
  type Sent,
  type Workspace,
} from '../platform.ts'
import { toPlatformError } from './failure.ts'
import { renderMessage } from './render.ts'

/**
 * The workspace that the token is for. Throws PlatformError when Slack is not there or refuses the
 * token, SetupError when the token is of a kind that does not fit.
 */
export async function whoAmI(client: WebClient): Promise<Workspace> {
  const { team_id, team, is_enterprise_install } = await client.auth.test().catch((error) => {
    throw toPlatformError(error, false)
  })
  if (!team_id) throw new Error('auth.test gave no team')
  // Its requests and its messages name workspaces that nobody has connected.
  if (is_enterprise_install)
    throw new SetupError(
      'SLACK_BOT_TOKEN: it is for a whole organisation. Install the app in one workspace of it.',
    )
  return { externalId: team_id, name: team ?? team_id }
}

const SLACKBOT = 'USLACKBOT'

/**
 * Describes somebody who was chosen. Somebody of whom Slack does not tell in time is marked: a bot
 * or a closed account must not count as a member.
 */
export async function describe(
  client: WebClient,
  userId: string,
  token: string | null = null,
): Promise<PersonRef> {
  try {
    const asked = { user: userId, include_locale: true, ...withToken(token) }
    const { user } = await client.users.info(asked)
    const name = user?.profile?.display_name || user?.real_name || user?.name
    return {
      externalId: userId,
      // Slack calls its own bot a person.
      isBot: userId === SLACKBOT || (user?.is_bot ?? false),
      isDeactivated: user?.deleted ?? false,
      isGuest: (user?.is_restricted ?? false) || (user?.is_ultra_restricted ?? false),
      ...(name ? { name } : {}),
      ...(user?.locale ? { language: user.locale } : {}),
      ...(user?.tz ? { timeZone: user.tz } : {}),
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

/** `token`: another one than the client's unless null. `onPosted` hears how each post was taken. */
type Way = { token: string | null; onPosted(how: 'taken' | 'paced'): void }

/** One message to one person's DM, or to a channel. Throws PlatformError. */
export async function send(
  client: WebClient,
  { recipient, notice }: Outgoing,
  { token, onPosted }: Way,
): Promise<Sent> {
  const message = { ...renderMessage(notice), unfurl_links: false, unfurl_media: false }
  const post = async (channel: string) => {
    try {
      await client.chat.postMessage({ channel, ...message, ...withToken(token) })
      onPosted('taken')
    } catch (error) {
      const failure = toPlatformError(error, true)
      if (failure.attempt.outcome === 'paced') onPosted('paced')
      throw failure
    }
  }
  if (recipient.type === 'channel') {
    await post(recipient.id)
    return { address: null }
  }
  const known = toDirectChannel(recipient.address)
  try {
    if (known !== null) {
      const isThere = await post(known).then(() => true, ifNotThere)
      if (isThere) return { address: null }
    }
    const directChannel = await openDm(client, recipient.externalId, token)
    await post(directChannel)
    return { address: { directChannel } }
  } catch (error) {
    throw error instanceof PlatformError ? aboutPerson(error) : error
  }
}

/**
 * False where a direct chat is not there any more, as after the app was set up anew: nothing was
 * posted, and it is opened once more. Throws any other error.
 */
function ifNotThere(error: unknown): false {
  if (error instanceof PlatformError && error.code === 'channel_not_found') return false
  throw error
}

/** A direct chat that is not there any more is a person who is not. */
function aboutPerson(error: PlatformError): PlatformError {
  const { attempt, code, cause } = error
  return attempt.outcome === 'gone' && attempt.reason === 'notInChannel'
    ? new PlatformError({ outcome: 'gone', reason: 'noSuchPerson' }, { code, cause })
    : error
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
