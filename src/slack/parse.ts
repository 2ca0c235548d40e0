import type { BlockAction, EnvelopedEvent, SlashCommand, ViewSubmitAction } from '@slack/bolt'
import { z } from 'zod'
import type { ChannelRef, FieldValue, Incoming, PersonRef } from '../platform.ts'
import { parseJson } from './body.ts'

/** The data that this app puts into its own buttons and forms. */
const buttonValue = z.object({
  verb: z.string(),
  id: z.string().nullable(),
  text: z.string().optional(),
})
const metadata = z.object({ id: z.string().nullable(), version: z.string().optional() })

/**
 * Where a command was typed: null in a direct message. Slack names every private channel
 * "privategroup".
 */
function channelOf({ channel_id, channel_name }: SlashCommand): ChannelRef | null {
  if (
    !channel_id ||
    !channel_name ||
    channel_name === 'directmessage' ||
    channel_id.startsWith('D')
  )
    return null
  const isPrivate = channel_name === 'privategroup' || channel_name.startsWith('mpdm-')
  return { id: channel_id, isPrivate, isShared: null, address: null }
}

/** The line that makes a channel the group's: the only one for which Slack is asked about it. */
const SETS_CHANNEL = /^\s*channel\b/i

/**
 * `/group …`. The trigger id is the platform's own id of one command. `isShared` asks Slack whether
 * people of another organisation are in a private channel; null: it did not say.
 */
export async function parseCommand(
  command: SlashCommand,
  isShared: (channelId: string) => Promise<boolean | null>,
): Promise<Incoming> {
  const channel = channelOf(command)
  if (channel?.isPrivate && SETS_CHANNEL.test(command.text ?? ''))
    channel.isShared = await isShared(channel.id)
  return {
    requestId: command.trigger_id,
    platform: 'slack',
    workspaceId: command.team_id,
    sender: { externalId: command.user_id },
    ...(channel ? { channel } : {}),
    verb: '',
    input: { text: command.text ?? '' },
    via: 'typed',
    canOpen: true,
  }
}

/** A pressed button that is not a link's; null when it is not one of ours. */
export function parseButton(body: BlockAction): Incoming | null {
  const action = body.actions[0]
  if (action?.type !== 'button' || !body.team) return null
  const value = buttonValue.safeParse(parseJson(action.value))
  if (!value.success) return null
  return {
    requestId: body.trigger_id,
    platform: 'slack',
    workspaceId: body.team.id,
    sender: { externalId: body.user.id },
    verb: value.data.verb,
    input: {
      ...(value.data.id === null ? {} : { id: value.data.id }),
      ...(value.data.text === undefined ? {} : { text: value.data.text }),
    },
    via: 'button',
    canOpen: true,
  }
}

/**
 * The home tab was opened, which asks for what this person can do next; null for the app's other
 * tabs.
 */
export function parseHome(
  event: { tab?: string; user?: string },
  envelope: EnvelopedEvent,
): Incoming | null {
  if (event.tab !== 'home' || !event.user) return null
  return {
    requestId: envelope.event_id,
    platform: 'slack',
    workspaceId: envelope.team_id,
    sender: { externalId: event.user },
    verb: 'home',
    input: {},
    via: 'button',
    canOpen: true,
  }
}

/**
 * A submitted form, with the people that its pickers chose as `describe` knows them; null when it
 * is not one of ours.
 */
export async function parseForm(
  body: ViewSubmitAction,
  describe: (userId: string) => Promise<PersonRef>,
): Promise<Incoming | null> {
  const context = metadata.safeParse(parseJson(body.view.private_metadata))
  if (!context.success || !body.team) return null
  const values: Record<string, FieldValue> = {}
  for (const [blockId, block] of Object.entries(body.view.state.values)) {
    const state = block.value
    if (!state || !blockId.startsWith('field:')) continue
    values[blockId.slice('field:'.length)] = state.selected_users
      ? await Promise.all(state.selected_users.map(describe))
      : (state.selected_option?.value ?? state.value ?? null)
  }
  return {
    // A form that was sent back for mending keeps its id; only one sending of it can succeed.
    requestId: body.view.id,
    platform: 'slack',
    workspaceId: body.team.id,
    sender: { externalId: body.user.id },
    verb: body.view.callback_id,
    input: {
      ...(context.data.id === null ? {} : { id: context.data.id }),
      ...(context.data.version === undefined ? {} : { version: context.data.version }),
      values,
    },
    via: 'form',
    canOpen: true,
  }
}
