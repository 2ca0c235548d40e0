import { checkMessage } from './limits.ts'
import type { Method } from './method.ts'
import {
  channelsOf,
  directOf,
  post,
  type SlackState,
  type SlackWorkspace,
  see,
  withBlockIds,
} from './state.ts'
import { type Json, no, refuse } from './wire.ts'

const ONE_A_SECOND = { calls: 1, perMs: 1_000 }

/** Posting, changing and removing messages. */
export const chat: Record<string, Method> = {
  'chat.postMessage': {
    scope: 'chat:write',
    tier: 'special',
    perChannel: ONE_A_SECOND,
    run(state, workspace, args) {
      const place = findPlace(state, workspace, String(args.channel))
      if ('error' in place) return no(place.error)
      const problem = problemOf(args)
      if (problem) return problem
      const message = post(state, {
        place: place.id,
        author: 'bot',
        onlyFor: null,
        payload: contentOf(args),
      })
      for (const person of place.people) {
        const facts = {
          payload: args,
          shown: message.payload,
          notification: String(args.text ?? ''),
        }
        see(state, place.isDirect ? 'dm' : 'channel', person, facts)
      }
      return {
        ok: true,
        channel: place.id,
        ts: message.id,
        message: { type: 'message', ts: message.id, ...message.payload },
      }
    },
  },
  'chat.postEphemeral': {
    scope: 'chat:write',
    tier: 'tier4',
    run(state, workspace, args) {
      const place = findPlace(state, workspace, String(args.channel))
      if ('error' in place) return no(place.error)
      const person = String(args.user)
      if (!place.people.includes(person)) return no('user_not_in_channel')
      const problem = problemOf(args)
      if (problem) return problem
      const message = post(state, {
        place: place.id,
        author: 'bot',
        onlyFor: person,
        payload: contentOf(args),
      })
      see(state, 'private', person, { payload: args, shown: message.payload, notification: null })
      return { ok: true, message_ts: message.id }
    },
  },
  'chat.update': {
    scope: 'chat:write',
    tier: 'tier3',
    run(state, workspace, args) {
      const found = findMessage(state, workspace, args)
      if ('error' in found) return no(found.error)
      if (found.message.author !== 'bot') return no('cant_update_message')
      const problem = problemOf(args)
      if (problem) return problem
      found.message.payload = withBlockIds({ ...found.message.payload, ...contentOf(args) })
      found.message.isEdited = true
      state.journal.onChange()
      return {
        ok: true,
        channel: found.message.place,
        ts: found.message.id,
        text: String(args.text ?? ''),
      }
    },
  },
  'chat.delete': {
    scope: 'chat:write',
    tier: 'tier3',
    run(state, workspace, args) {
      const found = findMessage(state, workspace, args)
      if ('error' in found) return no(found.error)
      if (found.message.author !== 'bot') return no('cant_delete_message')
      state.journal.messages.splice(state.journal.messages.indexOf(found.message), 1)
      state.journal.onChange()
      return { ok: true, channel: found.message.place, ts: found.message.id }
    },
  },
}

/** The arguments of a call that Slack keeps. */
function contentOf({ text, blocks }: Json): Json {
  return { ...(text === undefined ? {} : { text }), ...(Array.isArray(blocks) ? { blocks } : {}) }
}

/** A refusal of the content; null when Slack takes it. */
export function problemOf(args: Json): Json | null {
  if (args.blocks !== undefined && !Array.isArray(args.blocks)) return no('invalid_blocks_format')
  const complaints = checkMessage(args)
  const plain = complaints.find((complaint) => !complaint.startsWith('['))
  if (plain) return no(plain)
  return complaints.length > 0 ? refuse('invalid_blocks', complaints) : null
}

type Place = { id: string; isDirect: boolean; people: readonly string[] }

/**
 * A conversation that the bot can post to: an open DM, a person's id, or a channel that it was
 * invited to.
 */
function findPlace(
  state: SlackState,
  workspace: SlackWorkspace,
  id: string,
): Place | { error: string } {
  const owner = workspace.people.find((person) => person.id === id)
  const isOpen = [...state.directs.values()].includes(id)
  if (owner && isOpen) return { id: directOf(id), isDirect: true, people: [id] }
  const person = state.directs.get(id)
  if (person && workspace.people.some((known) => known.id === person))
    return { id, isDirect: true, people: [person] }
  const channel = channelsOf(workspace).find((known) => known.id === id)
  if (!channel || (channel.isPrivate && !channel.hasApp)) return { error: 'channel_not_found' }
  if (!channel.hasApp) return { error: 'not_in_channel' }
  return { id, isDirect: false, people: channel.members }
}

/** A message that chat.update and chat.delete can name. Ephemeral ones cannot be named at all. */
function findMessage(state: SlackState, workspace: SlackWorkspace, args: Json) {
  const place = findPlace(state, workspace, String(args.channel))
  if ('error' in place) return place
  const message = state.journal.messages.find(
    (known) => known.place === place.id && known.id === args.ts && known.onlyFor === null,
  )
  return message ? { message } : { error: 'message_not_found' }
}
