import { z } from 'zod'
import {
  type ChannelRef,
  type FieldValue,
  type Incoming,
  LONGEST_KEY,
  type PersonRef,
} from '../platform.ts'
import type { Conversation } from './address.ts'
import { PEOPLE_FIELD, TEXT_FIELD } from './fields.ts'

/** The parts of an activity that are read. Everything else is left alone. */
const membersSchema = z.array(z.object({ id: z.string() })).optional()
const fieldsSchema = z.object({
  type: z.string(),
  id: z.string().optional(),
  /** When Teams sent it. One that is no instant is none. */
  timestamp: z.iso.datetime({ offset: true }).optional().catch(undefined),
  name: z.string().optional(),
  /** Of an installationUpdate. */
  action: z.string().optional(),
  membersAdded: membersSchema,
  membersRemoved: membersSchema,
  channelId: z.string(),
  serviceUrl: z.string(),
  locale: z.string().optional(),
  text: z.string().optional(),
  attachments: z.array(z.unknown()).optional(),
  value: z.unknown().optional(),
  from: z.object({
    id: z.string(),
    aadObjectId: z.string().optional(),
    name: z.string().optional(),
  }),
  recipient: z.object({ id: z.string(), isTargeted: z.boolean().optional() }),
  conversation: z.object({
    id: z.string(),
    conversationType: z.string().optional(),
    tenantId: z.string().optional(),
  }),
  channelData: z
    .object({
      tenant: z.object({ id: z.string() }).optional(),
      channel: z.object({ id: z.string(), type: z.string().optional() }).optional(),
    })
    .optional(),
  localTimezone: z.string().optional(),
})
/** Some clients send null for what they leave out. */
const activitySchema = z.preprocess((given) => withoutNulls(given), fieldsSchema)
export type TeamsActivity = z.infer<typeof fieldsSchema>

/** The same without what is null, some levels down; what somebody sent in `value` stays whole. */
function withoutNulls(given: unknown, depth = 3): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, one]) => one !== null)
      .map(([key, one]) => [
        key,
        key === 'value' || depth === 0 ? one : withoutNulls(one, depth - 1),
      ]),
  )
}

/** The data that a button or dialog sends back: our own data, and fields. */
const submitted = z
  .object({
    verb: z.string(),
    id: z.string().nullish(),
    text: z.string().optional(),
    version: z.string().optional(),
    key: z.string().max(LONGEST_KEY).optional(),
  })
  .catchall(z.unknown())

/** The activity when it has the shape of one from Teams; null otherwise. */
export function readActivity(body: unknown): TeamsActivity | null {
  const activity = activitySchema.safeParse(body)
  return activity.success && activity.data.channelId === 'msteams' ? activity.data : null
}

export function tenantOf(activity: TeamsActivity): string | null {
  return activity.channelData?.tenant?.id ?? activity.conversation.tenantId ?? null
}

export const isPersonal = (activity: TeamsActivity): boolean =>
  activity.conversation.conversationType === 'personal'

/**
 * The person who acted, and where they can be reached when this is their personal chat; null for an
 * app or a guest without an id.
 */
export function senderOf(activity: TeamsActivity): PersonRef | null {
  const { from, conversation, recipient } = activity
  const tenantId = tenantOf(activity)
  if (!from.aadObjectId || !tenantId) return null
  const address: Conversation = {
    serviceUrl: activity.serviceUrl,
    conversationId: conversation.id,
    botId: recipient.id,
    tenantId,
  }
  return {
    externalId: from.aadObjectId,
    ...(from.name ? { name: from.name } : {}),
    ...(activity.locale ? { language: activity.locale } : {}),
    ...(activity.localTimezone ? { timeZone: activity.localTimezone } : {}),
    ...(isPersonal(activity) ? { address } : {}),
  }
}

/**
 * Reads what somebody did: a typed line (personal chat, @mention and targeted slash message read
 * alike), a card's button, a dialog's opening or sending. Null when it is nothing that a command
 * answers.
 */
export function parseActivity(activity: TeamsActivity): Incoming | null {
  const sender = senderOf(activity)
  const workspaceId = tenantOf(activity)
  // Without an id of its own a request could not be told from its repeat.
  if (!sender || !workspaceId || !activity.id) return null
  const canOpen = activity.name === 'task/fetch' || activity.name === 'task/submit'
  const base = {
    canOpen,
    requestId: `${activity.conversation.id} ${activity.id}`,
    platform: 'teams',
    ...(activity.timestamp ? { sentAt: new Date(activity.timestamp) } : {}),
    workspaceId,
    sender,
  } as const
  if (activity.type === 'message') {
    const data = submitted.safeParse(activity.value)
    if (data.success)
      return { ...base, verb: data.data.verb, input: idOf(data.data), via: 'button' }
    // A picture or a file, and no word: something was said, and nobody reads it.
    const { text = '', attachments = [] } = activity
    if (isPersonal(activity) && text.trim() === '' && attachments.length > 0)
      return { ...base, verb: 'unread', input: {}, via: 'button' }
    const channel = channelOf(activity, workspaceId)
    return {
      ...base,
      ...(channel ? { channel } : {}),
      verb: '',
      input: { text: commandText(text) },
      via: 'typed',
    }
  }
  if (activity.type !== 'invoke') return null
  if (activity.name === 'adaptiveCard/action') {
    const action = z
      .object({ action: z.object({ verb: z.string(), data: z.unknown() }) })
      .safeParse(activity.value)
    const data = action.success ? submitted.safeParse(action.data.action.data) : null
    return data?.success
      ? { ...base, verb: data.data.verb, input: idOf(data.data), via: 'button' }
      : null
  }
  const task = z.object({ data: submitted }).safeParse(activity.value)
  if (!task.success) return null
  const { data } = task.data
  if (activity.name === 'task/fetch')
    return { ...base, verb: data.verb, input: idOf(data), via: 'button' }
  if (activity.name === 'task/submit')
    return {
      ...base,
      verb: data.verb,
      input: {
        ...idOf(data),
        ...(data.version ? { version: data.version } : {}),
        ...(data.key ? { key: data.key } : {}),
        values: valuesOf(data),
      },
      via: 'form',
    }
  return null
}

/**
 * The channel or group chat of a typed line; null in a personal chat. A thread of a channel stands
 * for the channel.
 */
function channelOf(
  { conversation, channelData, serviceUrl, recipient }: TeamsActivity,
  tenantId: string,
): ChannelRef | null {
  if (conversation.conversationType === 'personal') return null
  const id = channelData?.channel?.id ?? conversation.id.split(';')[0] ?? conversation.id
  // Teams says "private" of a channel only its members see; what says nothing counts as public.
  const isPrivate =
    conversation.conversationType === 'groupChat' || channelData?.channel?.type === 'private'
  // A channel of type "shared" is not private; in the others are people of this tenant and guests.
  return {
    id,
    isPrivate,
    isShared: !isPrivate && channelData?.channel?.type === 'shared',
    address: { serviceUrl, conversationId: id, botId: recipient.id, tenantId },
  }
}

const idOf = (data: { id?: string | null | undefined; text?: string | undefined }) => ({
  ...(data.id ? { id: data.id } : {}),
  ...(data.text ? { text: data.text } : {}),
})

/** The line without the mention of the bot, and without the word that Slack needs in front. */
function commandText(text: string): string {
  const line = text
    .replace(/<at[^>]*>.*?<\/at>/gs, ' ')
    .replaceAll('&nbsp;', ' ')
    .trim()
  return line
    .replace(/^\/?(?:group|groupwell)\b/i, '')
    .replace(/^\//, '')
    .trim()
}

function valuesOf(data: Record<string, unknown>): Record<string, FieldValue> {
  const values: Record<string, FieldValue> = {}
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== 'string') continue
    if (key.startsWith(TEXT_FIELD))
      values[key.slice(TEXT_FIELD.length)] = value === '' ? null : value
    if (key.startsWith(PEOPLE_FIELD)) values[key.slice(PEOPLE_FIELD.length)] = people(value)
  }
  return values
}

/** Object ids, comma-separated, as the people picker sends them. */
function people(value: string): PersonRef[] {
  const ids = value.split(',').map((id) => id.trim())
  return [...new Set(ids)].filter((id) => id !== '').map((externalId) => ({ externalId }))
}
