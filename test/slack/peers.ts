import { createEmulator } from 'emulate'
import { startSlack } from '../../src/simulator/slack.ts'

const TOKEN = 'xoxb-contract'
const WEAK_TOKEN = 'xoxb-weak'
export const SIGNING_SECRET = 'contract signing secret'

/**
 * A Slack Web API that the adapter is tried against. `member` is somebody who can be written to.
 */
export type Peer = {
  apiUrl: string
  token: string
  /** Where a token with `users:read` alone is good. */
  weak: { apiUrl: string; token: string }
  member: string
  /** A trigger that opens one form. */
  newTrigger(): Promise<string>
  /** The posts in the member's chat with the bot. */
  messages(): Promise<{ text: string; blocks: string[] }[]>
  close(): Promise<void>
}

/** One call as JSON, as somebody other than the adapter would make it. */
export async function call(
  apiUrl: string,
  method: string,
  args: object,
  token: string | null = TOKEN,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${apiUrl}${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  })
  return (await response.json()) as Record<string, unknown>
}

/** Another project's stateful Web API, scopes enforced: it catches what our own gets wrong. */
async function independent(): Promise<Peer> {
  const scopes = ['chat:write', 'im:write', 'users:read', 'im:history', 'im:read']
  const tokens = [
    { token: TOKEN, user: 'bot-owner', scopes },
    { token: WEAK_TOKEN, user: 'bot-owner', scopes: ['users:read'] },
  ]
  const users = ['bot-owner', 'member'].map((name) => ({
    name,
    real_name: name,
    email: `${name}@example.invalid`,
  }))
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: { strict_scopes: true, team: { name: 'Contract', domain: 'contract' }, users, tokens },
    },
  })
  const apiUrl = `${emulator.url}/api/`
  const { members } = (await call(apiUrl, 'users.list', {})) as {
    members: { id: string; name: string }[]
  }
  const member = members.find(({ name }) => name === 'member')?.id ?? ''
  return {
    apiUrl,
    token: TOKEN,
    weak: { apiUrl, token: WEAK_TOKEN },
    member,
    async messages() {
      const { channel } = (await call(apiUrl, 'conversations.open', { users: member })) as {
        channel: { id: string }
      }
      const { messages } = (await call(apiUrl, 'conversations.history', {
        channel: channel.id,
      })) as {
        messages: { text: string; blocks?: { type: string }[] }[]
      }
      return messages.map(({ text, blocks }) => ({
        text,
        blocks: (blocks ?? []).map(({ type }) => type),
      }))
    },
    newTrigger: async () =>
      String(
        (await call(apiUrl, 'views.generateTriggerId', { user_id: member, user: member }))
          .trigger_id,
      ),
    close: () => emulator.close(),
  }
}

/** Our own, which all the other tests run against. */
async function simulated(): Promise<Peer> {
  const people = ['UOWNER', 'UMEMBER'].map((id) => ({
    id,
    name: id,
    language: 'en-GB',
    timeZone: 'UTC',
  }))
  const start = (botToken: string, scopes: string[]) =>
    startSlack(
      {
        signingSecret: SIGNING_SECRET,
        scopes,
        events: ['app_home_opened'],
        workspaces: [{ teamId: 'T1', teamName: 'Contract', botToken, people }],
      },
      () => new Date(),
    )
  const slack = await start(TOKEN, ['chat:write', 'im:write', 'users:read', 'im:read'])
  const weak = await start(WEAK_TOKEN, ['users:read'])
  return {
    apiUrl: slack.apiUrl,
    token: TOKEN,
    weak: { apiUrl: weak.apiUrl, token: WEAK_TOKEN },
    member: 'UMEMBER',
    messages: async () =>
      slack.journal.messages.map(({ payload }) => ({
        text: String(payload.text),
        blocks: ((payload.blocks ?? []) as { type: string }[]).map(({ type }) => type),
      })),
    newTrigger: async () => slack.newTrigger('UMEMBER'),
    async close() {
      await Promise.all([slack.close(), weak.close()])
    },
  }
}

export const PEERS = [
  { name: 'an independent Web API', open: independent },
  { name: 'the simulator', open: simulated },
]
