import { createServer, type IncomingMessage, type Server } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { METHODS } from '../../src/simulator/slack/methods.ts'
import { type SlackSimulator, startSlack } from '../../src/simulator/slack.ts'
import { listenOn } from '../helpers.ts'

type Json = Record<string, unknown>
const ALL_SCOPES = ['commands', 'chat:write', 'im:write', 'users:read', 'channels:read', 'im:read']
const people = ['UONE', 'UTWO'].map((id) => ({
  id,
  name: id,
  language: 'en-GB',
  timeZone: 'Europe/Berlin',
}))
const plain = (text: string) => ({ type: 'plain_text', text })
const section = (text: string) => ({ type: 'section', text: plain(text) })
const button = (change: Json = {}) => ({
  type: 'button',
  action_id: 'a',
  text: plain('Open'),
  ...change,
})
const input = (element: Json, change: Json = {}) => ({
  type: 'input',
  label: plain('Label'),
  element,
  ...change,
})
const textInput = (change: Json = {}) => ({
  type: 'plain_text_input',
  action_id: 'value',
  ...change,
})
const options = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    text: plain(String(index)),
    value: String(index),
  }))
const modal = (change: Json = {}): Json => ({
  type: 'modal',
  title: plain('Title'),
  blocks: [section('x')],
  ...change,
})
const home = (change: Json = {}): Json => ({ type: 'home', blocks: [section('x')], ...change })

let slack: SlackSimulator
let bot: {
  server: Server
  received: { headers: IncomingMessage['headers']; raw: string }[]
  answers: number[]
}

async function start(scopes: readonly string[] = ALL_SCOPES): Promise<void> {
  const channels = [
    { id: 'C1', name: 'general', isPrivate: false, members: ['UONE'], hasApp: true },
    { id: 'C2', name: 'other', isPrivate: false, members: ['UTWO'], hasApp: false },
  ]
  const stranger = { id: 'UFAR', name: 'Far', language: 'en-GB', timeZone: 'UTC' }
  slack = await startSlack(
    {
      signingSecret: 'the signing secret of the tests',
      clientId: 'client',
      clientSecret: 'client secret',
      scopes,
      events: ['app_home_opened', 'app_uninstalled', 'tokens_revoked', 'member_joined_channel'],
      workspaces: [
        { teamId: 'T1', teamName: 'One', botToken: 'xoxb-one', people, channels },
        { teamId: 'T2', teamName: 'Two', botToken: 'xoxb-two', people: [stranger] },
      ],
    },
    () => new Date('2026-03-02T09:00:00Z'),
  )
  slack.connectTo(await listenOn(bot.server))
}

beforeEach(async () => {
  const received: typeof bot.received = []
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, raw: await readText(request) })
    response.writeHead(answers.shift() ?? 200).end()
  })
  bot = { server, received, answers }
  await start()
})
afterEach(async () => {
  await slack.close()
  bot.server.closeAllConnections()
  bot.server.close()
})

async function call(
  method: string,
  args: Json = {},
  token: string | null = 'xoxb-one',
): Promise<Json> {
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  })
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    ...((await response.json()) as Json),
  }
}
const firstMessage = (answer: Json): string =>
  String(((answer.response_metadata as Json | undefined)?.messages as string[] | undefined)?.[0])
async function direct(user = 'UONE'): Promise<string> {
  return String(((await call('conversations.open', { users: user })).channel as Json).id)
}

describe('messages that Slack refuses', () => {
  it.each<[string, Json, string]>([
    [
      '51 blocks',
      { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) },
      '[ERROR] no more than 50 items allowed [json-pointer:/blocks]',
    ],
    [
      'a block that it does not know',
      { blocks: [{ type: 'marquee' }] },
      '[ERROR] unsupported type: marquee [json-pointer:/blocks/0/type]',
    ],
    [
      'a property that it does not know',
      { blocks: [{ ...section('x'), colour: 'red' }] },
      '[ERROR] invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    [
      'a section without text',
      { blocks: [{ type: 'section' }] },
      '[ERROR] missing required field: text [json-pointer:/blocks/0]',
    ],
    [
      'a section of 3,001 characters',
      { blocks: [section('x'.repeat(3_001))] },
      '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'eleven fields',
      { blocks: [{ ...section('x'), fields: Array.from({ length: 11 }, () => plain('x')) }] },
      '[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a field of 2,001 characters',
      { blocks: [{ ...section('x'), fields: [plain('x'.repeat(2_001))] }] },
      '[ERROR] must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'empty text',
      { blocks: [section('')] },
      '[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header of 151 characters',
      { blocks: [{ type: 'header', text: plain('x'.repeat(151)) }] },
      '[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'mrkdwn in a header',
      { blocks: [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }] },
      '[ERROR] must be a valid enum value [json-pointer:/blocks/0/text/type]',
    ],
    [
      'eleven elements in a context',
      { blocks: [{ type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) }] },
      '[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'no element in an actions block',
      { blocks: [{ type: 'actions', elements: [] }] },
      '[ERROR] no fewer than 1 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      '26 buttons',
      {
        blocks: [
          {
            type: 'actions',
            elements: Array.from({ length: 26 }, (_, n) => button({ action_id: String(n) })),
          },
        ],
      },
      '[ERROR] no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'two buttons of one action',
      { blocks: [{ type: 'actions', elements: [button(), button()] }] },
      '[ERROR] `action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a button label of 76 characters',
      { blocks: [{ type: 'actions', elements: [button({ text: plain('x'.repeat(76)) })] }] },
      '[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a button value of 2,001 characters',
      { blocks: [{ type: 'actions', elements: [button({ value: 'x'.repeat(2_001) })] }] },
      '[ERROR] must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a button style that it does not know',
      { blocks: [{ type: 'actions', elements: [button({ style: 'loud' })] }] },
      '[ERROR] must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'two blocks of one id',
      {
        blocks: [
          { type: 'divider', block_id: 'a' },
          { type: 'divider', block_id: 'a' },
        ],
      },
      '[ERROR] `a` already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'a block id of 256 characters',
      { blocks: [{ type: 'divider', block_id: 'x'.repeat(256) }] },
      '[ERROR] must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      'an input in a message',
      { blocks: [input(textInput())] },
      '[ERROR] input is not allowed in a message [json-pointer:/blocks/0/type]',
    ],
  ])('%s', async (_name, content, message) => {
    const answer = await call('chat.postMessage', {
      channel: await direct(),
      text: 'x',
      ...content,
    })
    expect(answer).toMatchObject({ ok: false, error: 'invalid_blocks' })
    expect(firstMessage(answer)).toBe(message)
    expect(slack.journal.messages).toEqual([])
  })

  it.each<[string, Json, string]>([
    ['nothing to show', {}, 'no_text'],
    ['a fallback of 40,001 characters', { text: 'x'.repeat(40_001) }, 'msg_too_long'],
    ['blocks that are no list', { blocks: '{' }, 'invalid_blocks_format'],
    [
      'more than 13,200 characters in all',
      { blocks: Array.from({ length: 5 }, () => section('x'.repeat(2_800))) },
      'msg_blocks_too_long',
    ],
  ])('%s', async (_name, content, error) => {
    expect((await call('chat.postMessage', { channel: await direct(), ...content })).error).toBe(
      error,
    )
  })
})

describe('views that Slack refuses', () => {
  it.each<[string, Json, string]>([
    [
      '101 blocks',
      modal({ blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) }),
      '[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    [
      'a title of 25 characters',
      modal({ title: plain('x'.repeat(25)) }),
      '[ERROR] must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'no title',
      modal({ title: undefined }),
      '[ERROR] must provide an object [json-pointer:/view/title]',
    ],
    [
      'a submit label of 25 characters',
      modal({ submit: plain('x'.repeat(25)) }),
      '[ERROR] must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    [
      'inputs without a submit button',
      modal({ blocks: [input(textInput())] }),
      '[ERROR] missing required field: submit [json-pointer:/view]',
    ],
    [
      '3,001 characters of private metadata',
      modal({ private_metadata: 'x'.repeat(3_001) }),
      '[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      'a property that it does not know',
      modal({ size: 'large' }),
      '[ERROR] invalid additional property: size [json-pointer:/view]',
    ],
    [
      'a home tab opened as a modal',
      home(),
      '[ERROR] unsupported type: home [json-pointer:/view/type]',
    ],
    [
      'eleven radio buttons',
      modal({
        submit: plain('Send'),
        blocks: [input({ type: 'radio_buttons', action_id: 'a', options: options(11) })],
      }),
      '[ERROR] no more than 10 items allowed [json-pointer:/view/blocks/0/element/options]',
    ],
    [
      '101 options in a select',
      modal({
        submit: plain('Send'),
        blocks: [input({ type: 'static_select', action_id: 'a', options: options(101) })],
      }),
      '[ERROR] no more than 100 items allowed [json-pointer:/view/blocks/0/element/options]',
    ],
    [
      'an option value of 76 characters',
      modal({
        submit: plain('Send'),
        blocks: [
          input({
            type: 'static_select',
            action_id: 'a',
            options: [{ text: plain('x'), value: 'x'.repeat(76) }],
          }),
        ],
      }),
      '[ERROR] must be less than 76 characters [json-pointer:/view/blocks/0/element/options/0/value]',
    ],
    [
      'a first choice that is none of the options',
      modal({
        submit: plain('Send'),
        blocks: [
          input({
            type: 'radio_buttons',
            action_id: 'a',
            options: options(2),
            initial_option: { text: plain('9'), value: '9' },
          }),
        ],
      }),
      '[ERROR] initial_option must be one of the options [json-pointer:/view/blocks/0/element/initial_option]',
    ],
    [
      'a text input for 3,001 characters',
      modal({ submit: plain('Send'), blocks: [input(textInput({ max_length: 3_001 }))] }),
      '[ERROR] must be between 1 and 3000 [json-pointer:/view/blocks/0/element/max_length]',
    ],
    [
      'a first value longer than the input takes',
      modal({
        submit: plain('Send'),
        blocks: [input(textInput({ max_length: 2, initial_value: 'abc' }))],
      }),
      '[ERROR] must be less than 3 characters [json-pointer:/view/blocks/0/element/initial_value]',
    ],
    [
      'an input that it does not know',
      modal({ submit: plain('Send'), blocks: [input({ type: 'dial', action_id: 'a' })] }),
      '[ERROR] unsupported type: dial [json-pointer:/view/blocks/0/element/type]',
    ],
  ])('%s', async (_name, view, message) => {
    const answer = await call('views.open', { trigger_id: slack.newTrigger('UONE'), view })
    expect(answer).toMatchObject({ ok: false, error: 'invalid_arguments' })
    expect(firstMessage(answer)).toBe(message)
  })

  it('more than 250 KB', async () => {
    const blocks = Array.from({ length: 90 }, () => section('x'.repeat(2_900)))
    expect(
      (await call('views.open', { trigger_id: slack.newTrigger('UONE'), view: modal({ blocks }) }))
        .error,
    ).toBe('view_too_large')
  })
})

describe('calls that Slack refuses', () => {
  it.each<[string, string | null, string]>([
    ['no token', null, 'not_authed'],
    ['a token that it does not know', 'xoxb-unknown', 'invalid_auth'],
  ])('%s', async (_name, token, error) => {
    expect((await call('auth.test', {}, token)).error).toBe(error)
  })

  it('a token that was revoked', async () => {
    expect((await call('auth.revoke')).ok).toBe(true)
    expect((await call('auth.test')).error).toBe('token_revoked')
    expect((await call('auth.test', {}, 'xoxb-two')).team_id).toBe('T2')
  })

  it('a method that it does not have', async () => {
    expect((await call('chat.shout')).error).toBe('unknown_method')
  })

  it('a body that is neither form nor JSON', async () => {
    const response = await fetch(`${slack.apiUrl}auth.test`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: '<a/>',
    })
    expect(((await response.json()) as Json).error).toBe('invalid_form_data')
  })

  it.each(
    Object.entries(METHODS).flatMap(([name, { scope }]) =>
      typeof scope === 'string' ? [[name, scope] as const] : [],
    ),
  )('%s without %s', async (name, scope) => {
    await slack.close()
    await start(ALL_SCOPES.filter((known) => known !== scope))
    expect(
      await call(name, { channel: 'C1', users: 'UONE', user: 'UONE', text: 'x' }),
    ).toMatchObject({
      error: 'missing_scope',
      needed: scope,
    })
  })

  it.each([
    ['D1', 'im:read'],
    ['G1', 'groups:read'],
    ['C1', 'channels:read'],
  ])('reading the conversation %s without %s', async (channel, needed) => {
    await slack.close()
    await start(['chat:write'])
    expect(await call('conversations.members', { channel })).toMatchObject({
      error: 'missing_scope',
      needed,
    })
  })

  it.each<[string, string, Json, string]>([
    ['a person that is not there', 'users.info', { user: 'UNOBODY' }, 'user_not_found'],
    ['a person of another workspace', 'users.info', { user: 'UFAR' }, 'user_not_found'],
    ['a chat with nobody', 'conversations.open', { users: 'UNOBODY' }, 'user_not_found'],
    [
      'a conversation that is not there',
      'conversations.info',
      { channel: 'C9' },
      'channel_not_found',
    ],
    [
      'a message to a channel that is not there',
      'chat.postMessage',
      { channel: 'C9', text: 'x' },
      'channel_not_found',
    ],
    [
      'a message to a channel without the app',
      'chat.postMessage',
      { channel: 'C2', text: 'x' },
      'not_in_channel',
    ],
    [
      'a message to a chat that was never opened',
      'chat.postMessage',
      { channel: 'DTWO', text: 'x' },
      'channel_not_found',
    ],
    [
      'an ephemeral one to somebody elsewhere',
      'chat.postEphemeral',
      { channel: 'C1', user: 'UTWO', text: 'x' },
      'user_not_in_channel',
    ],
    [
      'a change of a message that is not there',
      'chat.update',
      { channel: 'C1', ts: '1.1', text: 'x' },
      'message_not_found',
    ],
    [
      'removing one that is not there',
      'chat.delete',
      { channel: 'C1', ts: '1.1' },
      'message_not_found',
    ],
    [
      'a trigger that was never given',
      'views.open',
      { trigger_id: '1.2.3', view: modal() },
      'invalid_trigger_id',
    ],
    ['a view that is not there', 'views.update', { view_id: 'V9', view: modal() }, 'not_found'],
    [
      'a home tab of nobody',
      'views.publish',
      { user_id: 'UNOBODY', view: home() },
      'user_not_found',
    ],
  ])('%s', async (_name, method, args, error) => {
    expect((await call(method, args)).error).toBe(error)
  })

  it('a change of an ephemeral message', async () => {
    const { message_ts: ts } = await call('chat.postEphemeral', {
      channel: 'C1',
      user: 'UONE',
      text: 'x',
    })
    expect((await call('chat.update', { channel: 'C1', ts, text: 'y' })).error).toBe(
      'message_not_found',
    )
  })

  it('a home tab for an app that does not listen to its opening', async () => {
    const { state } = slack
    state.app = { ...state.app, events: [] }
    expect((await call('views.publish', { user_id: 'UONE', view: home() })).error).toBe(
      'not_enabled',
    )
  })
})

describe('triggers, views and answers', () => {
  it('are good once, for three seconds, in their own workspace', async () => {
    const trigger_id = slack.newTrigger('UONE')
    expect((await call('views.open', { trigger_id, view: modal() }, 'xoxb-two')).error).toBe(
      'invalid_trigger_id',
    )
    expect((await call('views.open', { trigger_id, view: modal() })).ok).toBe(true)
    expect((await call('views.open', { trigger_id, view: modal() })).error).toBe(
      'exchanged_trigger_id',
    )
    const late = slack.newTrigger('UONE')
    const known = slack.state.triggers.get(late)
    if (known) known.until = Date.now() - 1
    expect((await call('views.open', { trigger_id: late, view: modal() })).error).toBe(
      'expired_trigger_id',
    )
  })

  it('stack three modals and no more', async () => {
    await call('views.open', { trigger_id: slack.newTrigger('UONE'), view: modal() })
    const push = () => {
      const trigger_id = slack.newTrigger('UONE')
      const trigger = slack.state.triggers.get(trigger_id)
      if (trigger) trigger.fromView = slack.state.stacks.get('UONE')?.at(-1) ?? null
      return call('views.push', { trigger_id, view: modal() })
    }
    expect([(await push()).ok, (await push()).ok, (await push()).error]).toEqual([
      true,
      true,
      'push_limit_reached',
    ])
  })

  it('change a view only when its hash is the newest', async () => {
    const { view } = (await call('views.open', {
      trigger_id: slack.newTrigger('UONE'),
      view: modal(),
    })) as {
      view: { id: string; hash: string }
    }
    expect(
      (
        await call('views.update', {
          view_id: view.id,
          hash: view.hash,
          view: modal({ title: plain('New') }),
        })
      ).ok,
    ).toBe(true)
    expect(
      (await call('views.update', { view_id: view.id, hash: view.hash, view: modal() })).error,
    ).toBe('hash_conflict')
    const published = (await call('views.publish', { user_id: 'UONE', view: home() })) as {
      view: { hash: string }
    }
    expect(
      (await call('views.publish', { user_id: 'UONE', hash: published.view.hash, view: home() }))
        .ok,
    ).toBe(true)
    expect(
      (await call('views.publish', { user_id: 'UONE', hash: published.view.hash, view: home() }))
        .error,
    ).toBe('hash_conflict')
  })

  it('take five answers at a response_url, for half an hour', async () => {
    await slack.type('UONE', 'help')
    const url = new URLSearchParams(bot.received[0]?.raw).get('response_url') ?? ''
    const answer = () =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'x' }),
      })
    const statuses = []
    for (let count = 0; count < 6; count += 1) statuses.push((await answer()).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404])
    await slack.type('UONE', 'help')
    const hook = [...slack.state.responseUrls.entries()].at(-1)
    if (hook) hook[1].until = Date.now() - 1
    expect(
      (
        await fetch(`${new URL(slack.apiUrl).origin}/response/${hook?.[0]}`, {
          method: 'POST',
          body: '{"text":"x"}',
        })
      ).status,
    ).toBe(404)
  })

  it('post, change and remove a message as it stands in the conversation', async () => {
    const channel = await direct()
    const { ts } = await call('chat.postMessage', { channel, text: 'first' })
    await call('chat.update', { channel, ts, text: 'second' })
    expect(slack.journal.messages).toMatchObject([{ payload: { text: 'second' }, isEdited: true }])
    await call('chat.delete', { channel, ts })
    expect(slack.journal.messages).toEqual([])
  })

  it('exchange a code for a token once', async () => {
    const code = slack.newCode('T2')
    const exchange = (change: Json = {}) =>
      call(
        'oauth.v2.access',
        { client_id: 'client', client_secret: 'client secret', code, ...change },
        null,
      )
    expect((await exchange({ client_id: 'x' })).error).toBe('invalid_client_id')
    expect((await exchange({ client_secret: 'x' })).error).toBe('bad_client_secret')
    expect((await exchange({ code: 'x' })).error).toBe('invalid_code')
    expect(await exchange()).toMatchObject({
      ok: true,
      access_token: 'xoxb-two',
      team: { id: 'T2' },
    })
    expect((await exchange()).error).toBe('code_already_used')
  })
})

describe('limits in time', () => {
  it('do not count until they are asked for', async () => {
    const channel = await direct()
    for (let count = 0; count < 5; count += 1)
      expect((await call('chat.postMessage', { channel, text: 'x' })).ok).toBe(true)
  })

  it('take one message a second and channel, and say when to come again', async () => {
    slack.enforcePace(true)
    const channel = await direct()
    expect((await call('chat.postMessage', { channel, text: 'x' })).ok).toBe(true)
    expect(await call('chat.postMessage', { channel, text: 'x' })).toMatchObject({
      status: 429,
      error: 'ratelimited',
      retryAfter: '1',
    })
    expect((await call('chat.postMessage', { channel: await direct('UTWO'), text: 'x' })).ok).toBe(
      true,
    )
  })

  it('count each method and workspace by its tier', async () => {
    slack.enforcePace(true)
    const list = (token: string) => call('users.list', {}, token)
    for (let count = 0; count < 20; count += 1) expect((await list('xoxb-one')).ok).toBe(true)
    expect(await list('xoxb-one')).toMatchObject({ status: 429, error: 'ratelimited' })
    expect((await list('xoxb-two')).ok).toBe(true)
    expect((await call('auth.test')).ok).toBe(true)
  })
})

describe('faults on demand', () => {
  it('fail before acting, and after', async () => {
    const channel = await direct()
    slack.failNext({ method: 'chat.postMessage', status: 500 })
    expect((await call('chat.postMessage', { channel, text: 'x' })).status).toBe(500)
    expect(slack.journal.messages).toHaveLength(0)
    slack.failNext({ method: 'chat.postMessage', status: 503, isAfterActing: true })
    expect((await call('chat.postMessage', { channel, text: 'x' })).status).toBe(503)
    expect(slack.journal.messages).toHaveLength(1)
  })

  it('answer 429 with a time, and without one', async () => {
    slack.failNext({ method: 'users.info', status: 429, retryAfter: 30 })
    expect(await call('users.info', { user: 'UONE' })).toMatchObject({
      status: 429,
      retryAfter: '30',
      error: 'ratelimited',
    })
    slack.failNext({ method: 'users.info', status: 429 })
    expect(await call('users.info', { user: 'UONE' })).toMatchObject({
      status: 429,
      retryAfter: null,
    })
  })

  it('reset the connection, and act without ever answering', async () => {
    const channel = await direct()
    slack.failNext({ method: 'chat.postMessage', cut: 'reset' })
    await expect(call('chat.postMessage', { channel, text: 'x' })).rejects.toThrow()
    expect(slack.journal.messages).toHaveLength(0)
    slack.failNext({ method: 'chat.postMessage', cut: 'hang', isAfterActing: true })
    const hanging = fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer xoxb-one' },
      body: JSON.stringify({ channel, text: 'x' }),
      signal: AbortSignal.timeout(300),
    })
    await expect(hanging).rejects.toThrow(/timeout/i)
    expect(slack.journal.messages).toHaveLength(1)
  })
})

describe('what Slack sends', () => {
  it('is signed, and form-encoded to the letter', async () => {
    await slack.type('UONE', 'help')
    const [first] = bot.received
    expect(first?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(first?.headers['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/)
    expect(Object.fromEntries(new URLSearchParams(first?.raw))).toMatchObject({
      command: '/group',
      text: 'help',
      team_id: 'T1',
      user_id: 'UONE',
    })
  })

  it('comes from the workspace of the one who acts', async () => {
    await slack.type('UFAR', 'help')
    expect(new URLSearchParams(bot.received[0]?.raw).get('team_id')).toBe('T2')
  })

  it('is an event only when the app subscribes to it', async () => {
    expect(await slack.event('T1', { type: 'reaction_added' })).toBeNull()
    expect(
      await slack.event('T1', { type: 'member_joined_channel', user: 'UONE', channel: 'C1' }),
    ).toHaveLength(1)
    expect(JSON.parse(bot.received[0]?.raw ?? '')).toMatchObject({
      type: 'event_callback',
      team_id: 'T1',
      event: { type: 'member_joined_channel' },
    })
  })

  it('is an event again, up to three times, while the bot fails', async () => {
    bot.answers.push(500, 500, 500, 500)
    const answers = await slack.event(
      'T1',
      { type: 'app_home_opened', user: 'UONE', tab: 'home' },
      [0, 0, 0],
    )
    expect(answers?.map(({ status }) => status)).toEqual([500, 500, 500, 500])
    expect(bot.received.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([
      undefined,
      '1',
      '2',
      '3',
    ])
    expect(bot.received[1]?.headers['x-slack-retry-reason']).toBe('http_error')
    const ids = bot.received.map(({ raw }) => (JSON.parse(raw) as Json).event_id)
    expect(new Set(ids).size).toBe(1)
  })

  it('is delivered twice on demand', async () => {
    slack.repeatNext()
    await slack.type('UONE', 'help')
    expect(bot.received).toHaveLength(2)
    expect(bot.received[1]?.raw).toBe(bot.received[0]?.raw)
    expect(bot.received[1]?.headers['x-slack-retry-num']).toBe('1')
  })

  it('tells of an uninstall with a dead token, in both events', async () => {
    await slack.uninstall('T1', [])
    expect(bot.received.map(({ raw }) => ((JSON.parse(raw) as Json).event as Json).type)).toEqual([
      'tokens_revoked',
      'app_uninstalled',
    ])
    expect((await call('auth.test')).error).toBe('token_revoked')
  })

  it('tells of a closed form only when the form asked for it', async () => {
    await call('views.open', { trigger_id: slack.newTrigger('UONE'), view: modal() })
    await slack.closeForm('UONE')
    expect(bot.received).toHaveLength(0)
    await call('views.open', {
      trigger_id: slack.newTrigger('UONE'),
      view: modal({ notify_on_close: true }),
    })
    await slack.closeForm('UONE')
    const sent = JSON.parse(new URLSearchParams(bot.received[0]?.raw).get('payload') ?? '') as Json
    expect(sent).toMatchObject({ type: 'view_closed', is_cleared: false })
    expect(slack.openForm('UONE')).toBeNull()
  })

  it('shows the person what Slack says when the bot fails', async () => {
    bot.answers.push(500, 404)
    expect((await slack.type('UONE', 'help')).problem).toBe('http_service_error')
    expect((await slack.type('UONE', 'help')).problem).toBe('dispatch_failed')
  })
})

describe('the simulator itself', () => {
  it('does not start in production', async () => {
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = 'production'
    try {
      await expect(startSlack(slack.state.app, () => new Date())).rejects.toThrow(
        'does not run in production',
      )
    } finally {
      process.env.NODE_ENV = before
    }
  })

  it('listens on loopback alone', () => {
    expect(new URL(slack.apiUrl).hostname).toBe('127.0.0.1')
  })

  it('writes every call to its log', async () => {
    await call('auth.test')
    await call('auth.test', {}, 'xoxb-unknown')
    expect(
      slack.journal.requests.map(({ method, status, error }) => [method, status, error]),
    ).toEqual([
      ['auth.test', 200, null],
      ['auth.test', 200, 'invalid_auth'],
    ])
  })
})
