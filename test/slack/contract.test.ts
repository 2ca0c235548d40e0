import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlatformError } from '../../src/errors.ts'
import { createHttpServer, type HttpServer } from '../../src/http.ts'
import { createLog } from '../../src/log.ts'
import type { Incoming, Platform } from '../../src/platform.ts'
import { sign } from '../../src/simulator/slack/wire.ts'
import { createSlack } from '../../src/slack/platform.ts'
import type { Reply } from '../../src/views/card.ts'
import { notice } from '../../src/views/notice.ts'

const TOKEN = 'xoxb-contract'
const WEAK_TOKEN = 'xoxb-weak'
const SIGNING_SECRET = 'contract signing secret'
const log = createLog(
  'silent',
  () => {},
  () => new Date(),
)

/** The Slack adapter against a Slack that is not ours: another project's stateful Web API, scopes enforced. */
describe('the Slack adapter, against an independent Web API', () => {
  let emulator: Emulator
  let slack: Platform
  let http: HttpServer
  let url = ''
  let reply: Reply | null = null
  const received: Incoming[] = []

  const settings = (botToken: string) => ({ signingSecret: SIGNING_SECRET, botToken, apiUrl: `${emulator.url}/api/` })
  const deps = {
    onIncoming: async (incoming: Incoming) => {
      received.push(incoming)
      return reply
    },
    log,
    say: (key: string) => key,
    wall: () => new Date(),
  }
  const call = async (method: string, body: Record<string, string>) => {
    const response = await fetch(`${emulator.url}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: new URLSearchParams(body),
    })
    return (await response.json()) as Record<string, unknown>
  }
  const userId = async (name: string) =>
    ((await call('users.list', {})).members as { id: string; name: string }[]).find((user) => user.name === name)?.id ??
    ''
  const outgoing = (externalId: string) => ({
    workspaceId: 'T1',
    externalId,
    conversation: null,
    notice: notice('reminder', 'Tuesday group: Tuesday, 17:30.', {
      label: 'Open',
      verb: 'help',
      id: null,
      opens: 'message',
    }),
  })

  beforeAll(async () => {
    const scopes = ['chat:write', 'im:write', 'users:read', 'im:history']
    const tokens = [
      { token: TOKEN, user: 'bot-owner', scopes },
      { token: WEAK_TOKEN, user: 'bot-owner', scopes: ['users:read'] },
    ]
    const users = ['bot-owner', 'member'].map((name) => ({ name, real_name: name, email: `${name}@example.invalid` }))
    emulator = await createEmulator({
      service: 'slack',
      port: 0,
      seed: { slack: { strict_scopes: true, team: { name: 'Contract', domain: 'contract' }, users, tokens } },
    })
    slack = createSlack(settings(TOKEN), deps)
    http = createHttpServer(new Map([[slack.path, slack.handle]]), log)
    url = `http://127.0.0.1:${await http.listen('127.0.0.1', 0, { tryNextPorts: 0 })}${slack.path}`
  })
  afterAll(async () => {
    await http.close(1_000)
    await emulator.close()
  })

  it('learns which workspace its token is for', async () => {
    expect(await slack.start()).toEqual({ externalId: expect.stringMatching(/^T/), name: 'Contract' })
  })

  it('opens a DM and posts the notice with its blocks, once', async () => {
    const member = await userId('member')
    await slack.send(outgoing(member))
    const { channel } = (await call('conversations.open', { users: member })) as { channel: { id: string } }
    const { messages } = (await call('conversations.history', { channel: channel.id })) as {
      messages: { text: string; blocks: { block_id?: string; type: string }[] }[]
    }
    expect(messages).toHaveLength(1)
    expect(messages[0]?.text).toBe('Tuesday group: Tuesday, 17:30.')
    expect(messages[0]?.blocks.map(({ type }) => type)).toEqual(['section', 'actions'])
  })

  it('says that a person who is not there is gone for good', async () => {
    await expect(slack.send(outgoing('U000NOBODY'))).rejects.toMatchObject({
      name: 'PlatformError',
      isGone: true,
    } satisfies Partial<PlatformError>)
  })

  it('says which scope is missing, and that it may work later', async () => {
    const weak = createSlack(settings(WEAK_TOKEN), deps)
    await expect(weak.send(outgoing(await userId('member')))).rejects.toMatchObject({
      message: 'missing_scope',
      isGone: false,
    })
  })

  it('opens a form on a real trigger, and says to try again on one that is not', async () => {
    reply = {
      type: 'form',
      form: {
        kind: 'new-form',
        verb: 'new.submit',
        id: null,
        title: 'New group',
        submitLabel: 'Save',
        closeLabel: 'Cancel',
        intro: [],
        fields: [{ type: 'text', name: 'alias', label: 'Name', maxLength: 60 }],
      },
    }
    const { trigger_id: trigger } = await call('views.generateTriggerId', {
      user_id: await userId('member'),
      user: await userId('member'),
    })
    expect(typeof trigger).toBe('string')
    expect(await command(String(trigger))).toEqual({ status: 200, text: '' })
    const late = await command('not-a-trigger')
    expect(late.status).toBe(200)
    expect(late.text).toContain('error.busy')
    expect(received.map(({ verb, input }) => [verb, input.text])).toEqual([
      ['', 'new'],
      ['', 'new'],
    ])
  })

  async function command(trigger: string): Promise<{ status: number; text: string }> {
    const body = new URLSearchParams({
      command: '/group',
      text: 'new',
      team_id: 'T1',
      user_id: 'U1',
      channel_id: 'C1',
      trigger_id: trigger,
      response_url: 'http://127.0.0.1:9/unused',
      api_app_id: 'A1',
    }).toString()
    const timestamp = String(Math.floor(Date.now() / 1000))
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(SIGNING_SECRET, timestamp, body),
    }
    const response = await fetch(url, { method: 'POST', headers, body })
    return { status: response.status, text: await response.text() }
  }
})
