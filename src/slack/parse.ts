import type { BlockAction, EnvelopedEvent, SlashCommand, ViewSubmitAction } from '@slack/bolt'
import { z } from 'zod'
import {
  type ChannelRef,
  type FieldValue,
  type Incoming,
  LONGEST_KEY,
  type PersonRef,
} from '../platform.ts'
import { parseJson } from './body.ts'
import { readBlock } from './fields.ts'

/** The data that this app puts into its own buttons and forms. */
const buttonValue = z.object({
  verb: z.string(),
  id: z.string().nullable(),
  text: z.string().optional(),
})
const metadata = z.object({
  id: z.string().nullable(),
  version: z.string().optional(),
  key: z.string().max(LONGEST_KEY).optional(),
  waitsOpen: z.boolean().optional(),
})

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

/** Slack escapes three characters of what is typed (docs.slack.dev, formatting message text). */
const ESCAPED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }
const unescaped = (text: string): string =>
  text.replace(/&(?:amp|lt|gt);/g, (one) => ESCAPED[one] ?? one)

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
    input: { text: unescaped(command.text ?? '') },
    via: 'typed',
    canOpen: true,
  }
}

/**
 * The workspace that a press or a sending is for: the one whose app made the form, also where
 * somebody of another workspace sees it in a shared channel; then the one that it happened in; and
 * of an app that an organisation installed, where `team` is null, the person's own. Null: it names
 * none.
 */
function workspaceOf({
  team,
  user,
  view,
}: Pick<BlockAction, 'team' | 'user' | 'view'> | ViewSubmitAction): string | null {
  return view?.app_installed_team_id ?? team?.id ?? user.team_id ?? null
}

/** Whether a press is only a link's, which Slack tells and nobody answers. */
export const isLink = ({ actions: [action] }: BlockAction): boolean =>
  action?.type === 'button' && typeof action.url === 'string'

/** A pressed button that is not a link's; null when it is not one of ours. */
export function parseButton(body: BlockAction): Incoming | null {
  const action = body.actions[0]
  const workspaceId = workspaceOf(body)
  if (action?.type !== 'button' || !workspaceId) return null
  const value = buttonValue.safeParse(parseJson(action.value))
  if (!value.success) return null
  return {
    requestId: body.trigger_id,
    platform: 'slack',
    workspaceId,
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

/** The modal that a pressed button stands in; null: it stands in a message or the home tab. */
export function modalOf({ view }: BlockAction): { id: string; hash: string } | null {
  return view?.type === 'modal' ? { id: view.id, hash: view.hash } : null
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
 * The block of a form that stays open while it is worked on at which that is said, its first field;
 * null for all other forms.
 */
export function waitsOpenAt({ view }: ViewSubmitAction): string | null {
  const { data } = metadata.safeParse(parseJson(view.private_metadata))
  const first = Object.keys(view.state.values).find((blockId) => readBlock(blockId))
  return data?.waitsOpen ? (first ?? null) : null
}

/** How often a form was drawn anew before it was sent, itself counted. */
export const roundOf = ({ view }: ViewSubmitAction): number =>
  Math.max(1, ...Object.keys(view.state.values).map((blockId) => readBlock(blockId)?.round ?? 1))

/**
 * A submitted form, with the people that its pickers chose as `describe` knows them; null when it
 * is not one of ours.
 */
export async function parseForm(
  body: ViewSubmitAction,
  sentAt: Date,
  describe: (userId: string) => Promise<PersonRef>,
): Promise<Incoming | null> {
  const context = metadata.safeParse(parseJson(body.view.private_metadata))
  const workspaceId = workspaceOf(body)
  if (!context.success || !workspaceId) return null
  const values: Record<string, FieldValue> = {}
  for (const [blockId, block] of Object.entries(body.view.state.values)) {
    const state = block.value
    const field = readBlock(blockId)
    if (!state || !field) continue
    values[field.name] = state.selected_users
      ? await Promise.all(state.selected_users.map(describe))
      : (state.selected_option?.value ?? state.value ?? null)
  }
  return {
    // A form that was sent back for mending stays as it was: only one sending of it can succeed.
    // Another one in the same modal has another hash.
    requestId: `${body.view.id} ${body.view.hash}`,
    platform: 'slack',
    sentAt,
    workspaceId,
    sender: { externalId: body.user.id },
    verb: body.view.callback_id,
    input: {
      ...(context.data.id === null ? {} : { id: context.data.id }),
      ...(context.data.version === undefined ? {} : { version: context.data.version }),
      ...(context.data.key === undefined ? {} : { key: context.data.key }),
      values,
    },
    via: 'form',
    canOpen: true,
  }
}
