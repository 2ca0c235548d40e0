import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHttpServer, type HttpServer } from '../../src/http.ts'
import { createLog } from '../../src/log.ts'
import type { Incoming, Platform } from '../../src/platform.ts'
import { sign } from '../../src/simulator/slack/wire.ts'
import { createSlack } from '../../src/slack/platform.ts'
import type { Card, Reply } from '../../src/views/card.ts'
import { notice } from '../../src/views/notice.ts'
import { call, PEERS, type Peer, SIGNING_SECRET } from './peers.ts'

const log = createLog(
  'silent',
  () => {},
  () => new Date(),
)
const seconds = () => String(Math.floor(Date.now() / 1000))

/**
 * The same flows of the adapter against a Slack that is not ours and against our own: neither may
 * hide a mistake.
 */
describe.each(PEERS)('the Slack adapter, against $name', ({ open }) => {
  let peer: Peer
  let slack: Platform
  let http: HttpServer
  let url = ''
  let reply: Reply | null = null
  let received: Incoming[] = []

  const deps = {
    onIncoming: async (incoming: Incoming) => {
      received.push(incoming)
      return reply
    },
    log,
    say: (key: string) => key,
    onRejected() {},
    wall: () => new Date(),
  }
  const settings = ({ apiUrl, token }: { apiUrl: string; token: string }) => ({
    signingSecret: SIGNING_SECRET,
    botToken: token,
    apiUrl,
  })
  const outgoing = (externalId: string) => ({
    workspaceId: 'T1',
    recipient: { type: 'person' as const, externalId, address: null },
    notice: notice('reminder', 'Tuesday group: Tuesday, 17:30.', {
      label: 'Open',
      verb: 'help',
      id: null,
      opens: 'card',
    }),
  })

  beforeAll(async () => {
    peer = await open()
    slack = createSlack(settings(peer), deps)
    http = createHttpServer(new Map([[slack.path, slack.handle]]), log)
    url = `http://127.0.0.1:${await http.listen('127.0.0.1', 0, { tryNextPorts: 0 })}${slack.path}`
  })
  afterAll(async () => {
    await http.close(1_000)
    await peer.close()
  })

  it('learns which workspace its token is for', async () => {
    expect(await slack.start()).toEqual({
      externalId: expect.stringMatching(/^T/),
      name: 'Contract',
    })
  })

  it('opens a DM and posts the notice with its blocks, once, and the message can be changed and removed', async () => {
    await slack.send(outgoing(peer.member))
    const notices = [{ text: 'Tuesday group: Tuesday, 17:30.', blocks: ['section', 'actions'] }]
    expect(await peer.messages()).toEqual(notices)
    const { channel } = (await call(peer.apiUrl, 'conversations.open', { users: peer.member })) as {
      channel: { id: string }
    }
    const again = await call(peer.apiUrl, 'conversations.open', { users: peer.member })
    expect(again).toMatchObject({
      ok: true,
      no_op: true,
      already_open: true,
      channel: { id: channel.id },
    })
    const posted = await call(peer.apiUrl, 'chat.postMessage', { channel: channel.id, text: 'x' })
    const { ts } = posted
    expect(
      await call(peer.apiUrl, 'chat.update', { channel: channel.id, ts, text: 'y' }),
    ).toMatchObject({
      ok: true,
      ts,
    })
    expect(await call(peer.apiUrl, 'chat.delete', { channel: channel.id, ts })).toMatchObject({
      ok: true,
      ts,
    })
    expect((await call(peer.apiUrl, 'chat.delete', { channel: channel.id, ts })).error).toBe(
      'message_not_found',
    )
    expect(await peer.messages()).toEqual(notices)
  })

  it('says that a person who is not there is gone for good', async () => {
    await expect(slack.send(outgoing('U000NOBODY'))).rejects.toMatchObject({
      name: 'PlatformError',
      attempt: { outcome: 'gone', reason: 'noSuchPerson' },
    })
  })

  it('says which scope is missing, and that it may work later', async () => {
    const weak = createSlack(settings(peer.weak), deps)
    await expect(weak.send(outgoing(peer.member))).rejects.toMatchObject({
      code: 'missing_scope',
      attempt: { outcome: 'noWorkspace', reason: 'notPermitted' },
    })
  })

  it('opens a form on a real trigger, and says to try again on one that is used or was never given', async () => {
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
    received = []
    const trigger = await peer.newTrigger()
    expect(await command(trigger)).toEqual({ status: 200, text: '' })
    for (const late of [trigger, 'not-a-trigger']) {
      const answer = await command(late)
      expect(answer.status).toBe(200)
      expect(answer.text).toContain('error.busy')
    }
    expect(received.map(({ verb, input }) => [verb, input.text])).toEqual(
      Array(3).fill(['', 'new']),
    )
  })

  it('draws the home tab when it is opened, and again over the first', async () => {
    const card: Card = {
      kind: 'home',
      title: 'Groupwell',
      notification: 'Groupwell',
      blocks: [{ type: 'text', text: 'x' }],
    }
    reply = { type: 'card', card }
    received = []
    for (const tab of ['home', 'messages', 'home']) await opened(tab)
    await slack.stop()
    expect(received.map(({ verb, sender }) => [verb, sender.externalId])).toEqual(
      Array(2).fill(['home', peer.member]),
    )
    const stale = { user_id: peer.member, view: { type: 'home', blocks: [] }, hash: '1.stale' }
    expect((await call(peer.apiUrl, 'views.publish', stale)).error).toBe('hash_conflict')
  })

  it.each<[string, string, object, string | null | undefined, string]>([
    ['no token', 'auth.test', {}, null, 'not_authed'],
    [
      'a person who is not there',
      'users.info',
      { user: 'U000NOBODY' },
      undefined,
      'user_not_found',
    ],
    [
      'a chat with nobody',
      'conversations.open',
      { users: 'U000NOBODY' },
      undefined,
      'user_not_found',
    ],
    [
      'a conversation that is not there',
      'conversations.info',
      { channel: 'D000' },
      undefined,
      'channel_not_found',
    ],
    [
      'a message to nowhere',
      'chat.postMessage',
      { channel: 'D000', text: 'x' },
      undefined,
      'channel_not_found',
    ],
    [
      'a trigger never given',
      'views.open',
      { trigger_id: '1.2.3', view: MODAL },
      undefined,
      'invalid_trigger_id',
    ],
    [
      'a view that is not there',
      'views.update',
      { view_id: 'V0', view: MODAL },
      undefined,
      'not_found',
    ],
    [
      'a home tab of nobody',
      'views.publish',
      { user_id: 'U000NOBODY', view: HOME },
      undefined,
      'user_not_found',
    ],
  ])('is told in the same word: %s', async (_name, method, args, token, error) => {
    expect((await call(peer.apiUrl, method, args, token)).error).toBe(error)
  })

  async function post(
    body: string,
    contentType: string,
  ): Promise<{ status: number; text: string }> {
    const timestamp = seconds()
    const headers = {
      'content-type': contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': sign(SIGNING_SECRET, timestamp, body),
    }
    const response = await fetch(url, { method: 'POST', headers, body })
    return { status: response.status, text: await response.text() }
  }
  async function command(trigger: string): Promise<{ status: number; text: string }> {
    const fields = {
      command: '/group',
      text: 'new',
      team_id: 'T1',
      user_id: 'U1',
      channel_id: 'C1',
      trigger_id: trigger,
      response_url: `http://127.0.0.1:9/${crypto.randomUUID()}`,
      api_app_id: 'A1',
    }
    return await post(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded')
  }
  async function opened(tab: string): Promise<void> {
    const event = {
      type: 'app_home_opened',
      user: peer.member,
      tab,
      channel: 'D1',
      event_ts: '1.1',
    }
    const id = crypto.randomUUID()
    const body = JSON.stringify({
      type: 'event_callback',
      team_id: 'T1',
      event_id: id,
      event,
      event_time: 1,
    })
    expect((await post(body, 'application/json')).status).toBe(200)
  }
})

const MODAL = {
  type: 'modal',
  title: { type: 'plain_text', text: 'T' },
  blocks: [{ type: 'divider' }],
}
const HOME = { type: 'home', blocks: [{ type: 'divider' }] }
