import type { Method } from './method.ts'
import { BOT_USER, channelsOf, directOf, type SlackState, type SlackWorkspace } from './state.ts'
import { type Json, no, userOf } from './wire.ts'

/** Slack's own bot, which Slack calls a person. */
const SLACKBOT = { id: 'USLACKBOT', name: 'Slackbot', language: 'en-US', timeZone: 'UTC' }

/** People and places: the token itself, people, and conversations. */
export const directory: Record<string, Method> = {
  'auth.test': {
    scope: null,
    tier: 'special',
    run: (_state, { teamId, teamName }) => ({
      ok: true,
      url: 'https://demo.slack.invalid/',
      team: teamName,
      team_id: teamId,
      user: 'groupwell',
      user_id: BOT_USER,
      bot_id: 'B0BOT',
      is_enterprise_install: false,
    }),
  },
  'auth.revoke': {
    scope: null,
    tier: 'tier3',
    run(state, { botToken }) {
      state.revoked.add(botToken)
      return { ok: true, revoked: true }
    },
  },
  'users.info': {
    scope: 'users:read',
    tier: 'tier4',
    run(_state, workspace, args) {
      const person =
        args.user === SLACKBOT.id ? SLACKBOT : workspace.people.find(({ id }) => id === args.user)
      if (!person) return no('user_not_found')
      return {
        ok: true,
        user: userOf(
          person,
          workspace.teamId,
          args.include_locale === 'true' || args.include_locale === true,
        ),
      }
    },
  },
  'users.list': {
    scope: 'users:read',
    tier: 'tier2',
    run: (_state, workspace) => ({
      ok: true,
      members: workspace.people.map((person) => userOf(person, workspace.teamId, false)),
    }),
  },
  'conversations.open': {
    scope: 'im:write',
    tier: 'tier3',
    run(state, workspace, args) {
      const ids = String(args.users ?? '').split(',')
      if (ids.length > 1) return no('not_implemented')
      const person = workspace.people.find(({ id }) => id === ids[0])
      if (!person) return no('user_not_found')
      if (person.isDeactivated) return no('user_disabled')
      if (person.isBot) return no('cannot_dm_bot')
      const id = directOf(person.id)
      const isKnown = state.directs.has(id)
      state.directs.set(id, person.id)
      return { ok: true, ...(isKnown ? { no_op: true, already_open: true } : {}), channel: { id } }
    },
  },
  'conversations.info': {
    scope: (state, args) => readScope(state, args),
    tier: 'tier3',
    run(state, workspace, args) {
      const place = findConversation(state, workspace, String(args.channel))
      if (!place) return no('channel_not_found')
      const { id, name, isPrivate, isDirect, isShared = false, members } = place
      return {
        ok: true,
        channel: {
          id,
          name,
          is_private: isPrivate,
          is_im: isDirect,
          is_channel: !isDirect,
          is_shared: isShared,
          is_ext_shared: isShared,
          is_org_shared: false,
          is_pending_ext_shared: false,
          num_members: members.length,
        },
      }
    },
  },
  'conversations.members': {
    scope: (state, args) => readScope(state, args),
    tier: 'tier4',
    run(state, workspace, args) {
      const place = findConversation(state, workspace, String(args.channel))
      return place
        ? { ok: true, members: place.members, response_metadata: { next_cursor: '' } }
        : no('channel_not_found')
    },
  },
}

/**
 * Reading a conversation asks for the scope of its kind: a private channel's, or the one that the
 * id's first letter tells.
 */
function readScope(state: SlackState, args: Json): string {
  const id = String(args.channel ?? '')
  const all = state.app.workspaces.flatMap((workspace) => channelsOf(workspace))
  if (all.some((known) => known.id === id && known.isPrivate)) return 'groups:read'
  const first = id[0]
  return first === 'D' ? 'im:read' : first === 'G' ? 'groups:read' : 'channels:read'
}

function findConversation(state: SlackState, workspace: SlackWorkspace, id: string) {
  const person = state.directs.get(id)
  if (person && workspace.people.some((known) => known.id === person))
    return {
      id,
      name: '',
      isPrivate: true,
      isDirect: true,
      isShared: false,
      members: [person, BOT_USER],
    }
  const channel = channelsOf(workspace).find((known) => known.id === id)
  if (!channel || (channel.isPrivate && !channel.hasApp)) return null
  return {
    ...channel,
    isDirect: false,
    members: channel.hasApp ? [...channel.members, BOT_USER] : channel.members,
  }
}
