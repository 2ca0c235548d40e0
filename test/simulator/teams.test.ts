import { createServer, type IncomingMessage, type Server } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { channelOf, chatOf, mriOf } from '../../src/simulator/teams/state.ts'
import { startTeams, type TeamsSimulator } from '../../src/simulator/teams.ts'
import { listenOn } from '../helpers.ts'

type Json = Record<string, unknown>
const APP = '00000000-0000-4000-8000-0000000000bb'
const ONE = {
  tenantId: 'tenant-one',
  people: ['p1', 'p2'].map((id) => ({
    id,
    name: id,
    language: 'en-GB',
    timeZone: 'Europe/Berlin',
  })),
}
const TWO = {
  tenantId: 'tenant-two',
  people: [{ id: 'far', name: 'Far', language: 'es-ES', timeZone: 'UTC' }],
}
const CHANNEL = encodeURIComponent(channelOf(ONE))
const block = (text = 'x') => ({ type: 'TextBlock', text })
const card = (change: Json = {}): Json => ({
  type: 'AdaptiveCard',
  version: '1.5',
  body: [block()],
  ...change,
})
const message = (content: Json = card()): Json => ({
  type: 'message',
  attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
})
const execute = (change: Json = {}) => ({
  type: 'Action.Execute',
  title: 'x',
  verb: 'x',
  fallback: { type: 'Action.Submit', title: 'x' },
  ...change,
})
const actions = (...items: Json[]) => card({ body: [{ type: 'ActionSet', actions: items }] })

let teams: TeamsSimulator
let now: Date
let bot: {
  server: Server
  received: { headers: IncomingMessage['headers']; body: Json }[]
  delayMs: number
}

beforeEach(async () => {
  now = new Date('2026-03-02T09:00:00Z')
  teams = await startTeams({ appId: APP, tenants: [ONE, TWO] }, () => now)
  const server = createServer(async (request, response) => {
    bot.received.push({
      headers: request.headers,
      body: JSON.parse(await readText(request)) as Json,
    })
    if (bot.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, bot.delayMs))
    response.writeHead(200).end()
  })
  bot = { server, received: [], delayMs: 0 }
  teams.connectTo(await listenOn(server))
})
afterEach(async () => {
  await teams.close()
  bot.server.closeAllConnections()
  bot.server.close()
})

async function call(method: string, path: string, body: Json | null = null, token?: string) {
  const response = await fetch(`${teams.authority.serviceUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token ?? (await teams.authority.getToken())}`,
      'content-type': 'application/json',
    },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as Json
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: answer,
    ...((answer.error ?? {}) as { code?: string; message?: string }),
  }
}
const send = (content: Json, place = chatOf('p1'), query = '') =>
  call('POST', `/v3/conversations/${encodeURIComponent(place)}/activities${query}`, content)

describe('messages that Teams refuses', () => {
  it.each<[string, Json, string]>([
    ['a newer version', card({ version: '1.6' }), 'card version 1.6'],
    ['an empty card', card({ body: [] }), 'empty card'],
    ['something that is no card', card({ type: 'Card' }), 'card type'],
    ['a property of no card', card({ colour: 'red' }), '/: unknown property colour'],
    [
      'an element that it does not draw',
      card({ body: [{ type: 'Media' }] }),
      '/body/0: element Media',
    ],
    [
      'a property of no element',
      card({ body: [{ ...block(), bold: true }] }),
      '/body/0: unknown property bold',
    ],
    ['a text block without text', card({ body: [{ type: 'TextBlock' }] }), '/body/0: no text'],
    [
      'rich text without a run',
      card({ body: [{ type: 'RichTextBlock', inlines: [] }] }),
      '/body/0: no inlines',
    ],
    [
      'an inline that is no run',
      card({ body: [{ type: 'RichTextBlock', inlines: [{ type: 'Image' }] }] }),
      '/body/0: an inline is no TextRun',
    ],
    [
      'an input without a label',
      card({ body: [{ type: 'Input.Text', id: 'a' }] }),
      '/body/0: no label',
    ],
    [
      'an input without an id',
      card({ body: [{ type: 'Input.Text', label: 'a' }] }),
      '/body/0: no id',
    ],
    [
      'a length of nothing',
      card({ body: [{ type: 'Input.Text', id: 'a', label: 'a', maxLength: 0 }] }),
      '/body/0: maxLength',
    ],
    [
      'choices that are missing',
      card({ body: [{ type: 'Input.ChoiceSet', id: 'a', label: 'a' }] }),
      '/body/0: no choices',
    ],
    [
      'a choice without a value',
      card({ body: [{ type: 'Input.ChoiceSet', id: 'a', label: 'a', choices: [{ title: 'x' }] }] }),
      '/body/0: a choice needs a title and a value',
    ],
    [
      'two elements of one id',
      card({
        body: [
          { ...block(), id: 'a' },
          { ...block(), id: 'a' },
        ],
      }),
      'duplicate element id a',
    ],
    [
      'an action that it does not know',
      actions({ type: 'Action.Http', title: 'x' }),
      '/body/0: action Action.Http',
    ],
    [
      'an action without a title',
      actions({ type: 'Action.Submit' }),
      '/body/0: an action without a title',
    ],
    [
      'Action.Execute without a verb',
      actions(execute({ verb: '' })),
      '/body/0: Action.Execute without a verb',
    ],
    [
      'Action.Execute without a fallback',
      actions(execute({ fallback: undefined })),
      '/body/0: Action.Execute without a fallback',
    ],
    [
      'a style that it does not draw',
      actions(execute({ style: 'destructive' })),
      '/body/0: style destructive',
    ],
    [
      'Action.Submit that is switched off',
      actions({ type: 'Action.Submit', title: 'x', isEnabled: false }),
      '/body/0: unknown property isEnabled on Action.Submit',
    ],
    [
      'a seventh button',
      actions(...Array.from({ length: 7 }, () => execute())),
      '/body/0: 7 actions, 6 are shown',
    ],
  ])('%s', async (_name, content, complaint) => {
    await teams.install('p1')
    const answer = await send(message(content))
    expect([answer.status, answer.code]).toEqual([400, 'BadSyntax'])
    expect(answer.message).toContain(complaint)
    expect(teams.journal.messages).toEqual([])
  })

  it.each<[string, Json, number, string]>([
    ['more than 80 KB', { type: 'message', text: 'x'.repeat(82_000) }, 413, 'MessageSizeTooBig'],
    ['neither text nor card', { type: 'message' }, 400, 'BadSyntax'],
    [
      'an attachment of another kind',
      { type: 'message', attachments: [{ contentType: 'application/pdf' }] },
      400,
      'BadSyntax',
    ],
    ['an activity that is no message', { type: 'typing' }, 400, 'BadSyntax'],
  ])('%s', async (_name, content, status, code) => {
    await teams.install('p1')
    expect(await send(content)).toMatchObject({ status, code })
  })
})

describe('calls that Teams refuses', () => {
  it('without its token', async () => {
    expect(await call('POST', '/v3/conversations', {}, 'another')).toMatchObject({
      status: 401,
      code: 'Unauthorized',
    })
  })

  it.each<[string, () => Promise<{ status: number; code?: string }>, number, string]>([
    [
      'a conversation that is not there',
      () => send(message(), 'a:nobody'),
      404,
      'ConversationNotFound',
    ],
    [
      'a chat with somebody who did not add the app',
      () => send(message(), chatOf('p2')),
      403,
      'BotNotInConversationRoster',
    ],
    [
      'to open one',
      () =>
        call('POST', '/v3/conversations', {
          members: [{ id: mriOf('p2') }],
          tenantId: ONE.tenantId,
        }),
      403,
      'BotNotInConversationRoster',
    ],
    [
      'to open one in another tenant',
      () =>
        call('POST', '/v3/conversations', {
          members: [{ id: mriOf('p1') }],
          tenantId: TWO.tenantId,
        }),
      400,
      'BadArgument',
    ],
    [
      'to open one without a tenant',
      () => call('POST', '/v3/conversations', { members: [{ id: mriOf('p1') }] }),
      400,
      'BadArgument',
    ],
    [
      'to open one with two people',
      () =>
        call('POST', '/v3/conversations', {
          members: [{ id: mriOf('p1') }, { id: mriOf('p2') }],
          tenantId: ONE.tenantId,
        }),
      400,
      'BadArgument',
    ],
    [
      'a targeted message without a recipient',
      () => send(message(), channelOf(ONE), '?isTargetedActivity=true'),
      400,
      'BadArgument',
    ],
    [
      'a targeted message in a 1:1 chat',
      () =>
        send(
          { ...message(), recipient: { id: mriOf('p1') } },
          chatOf('p1'),
          '?isTargetedActivity=true',
        ),
      400,
      'BadArgument',
    ],
    [
      'a targeted message to somebody elsewhere',
      () =>
        send(
          { ...message(), recipient: { id: mriOf('far') } },
          channelOf(ONE),
          '?isTargetedActivity=true',
        ),
      403,
      'BotNotInConversationRoster',
    ],
    [
      'a change of a message that is not there',
      () => call('PUT', `/v3/conversations/${CHANNEL}/activities/1`, message()),
      404,
      'ActivityNotFoundInConversation',
    ],
    [
      'removing one that is not there',
      () => call('DELETE', `/v3/conversations/${CHANNEL}/activities/1`),
      404,
      'ActivityNotFoundInConversation',
    ],
    [
      'a member who is not there',
      () => call('GET', `/v3/conversations/${CHANNEL}/members/29:nobody`),
      404,
      'MemberNotFoundInConversation',
    ],
    ['an address that it does not have', () => call('GET', '/v3/attachments/1'), 404, 'NotFound'],
    [
      'a method that it does not take',
      () => call('PATCH', `/v3/conversations/${CHANNEL}/activities/1`, {}),
      405,
      'MethodNotAllowed',
    ],
  ])('%s', async (_name, attempt, status, code) => {
    await teams.install('p1')
    expect(await attempt()).toMatchObject({ status, code })
  })

  it('to somebody who blocked the app, or removed it', async () => {
    await teams.install('p1')
    teams.block('p1')
    expect(await send(message())).toMatchObject({ status: 403, code: 'MessageWritesBlocked' })
    await teams.install('p1')
    expect((await send(message())).status).toBe(201)
    await teams.uninstall('p1')
    // The connector often takes it; nobody sees it.
    const before = teams.journal.seen.length
    expect((await send(message())).status).toBe(201)
    expect(teams.journal.seen.length).toBe(before)
  })

  it('to change who sees a targeted message, to change it as a public one, or a day later', async () => {
    const query = '?isTargetedActivity=true'
    const { body } = await send(
      { ...message(), recipient: { id: mriOf('p1') } },
      channelOf(ONE),
      query,
    )
    const path = `/v3/conversations/${CHANNEL}/activities/${body.id}`
    expect(
      await call('PUT', `${path}${query}`, { ...message(), recipient: { id: mriOf('p2') } }),
    ).toMatchObject({
      status: 400,
      code: 'BadArgument',
    })
    expect((await call('PUT', path, message())).code).toBe('ActivityNotFoundInConversation')
    expect((await call('PUT', `${path}${query}`, message())).status).toBe(200)
    now = new Date(now.getTime() + 25 * 60 * 60_000)
    expect((await call('PUT', `${path}${query}`, message())).code).toBe(
      'ActivityNotFoundInConversation',
    )
  })
})

describe('what Teams takes', () => {
  it('opens a chat, sends, changes and removes a message', async () => {
    await teams.install('p1')
    const opened = await call('POST', '/v3/conversations', {
      members: [{ id: mriOf('p1') }],
      channelData: { tenant: { id: ONE.tenantId } },
    })
    expect(opened.body.id).toBe(chatOf('p1'))
    const { body } = await send(message())
    const path = `/v3/conversations/${encodeURIComponent(chatOf('p1'))}/activities/${body.id}`
    expect((await call('PUT', path, message(card({ body: [block('new')] })))).status).toBe(200)
    expect(teams.journal.messages).toMatchObject([{ isEdited: true }])
    expect((await call('DELETE', path)).status).toBe(200)
    expect(teams.journal.messages).toEqual([])
  })

  it('tells who is in a conversation', async () => {
    const { body } = await call('GET', `/v3/conversations/${CHANNEL}/members`)
    expect(
      (body as unknown as { aadObjectId: string }[]).map(({ aadObjectId }) => aadObjectId),
    ).toEqual(['p1', 'p2'])
    expect(
      (await call('GET', `/v3/conversations/${CHANNEL}/members/${encodeURIComponent(mriOf('p2'))}`))
        .body.name,
    ).toBe('p2')
    expect(
      (await call('GET', `/v3/conversations/${CHANNEL}/pagedmembers`)).body.members,
    ).toHaveLength(2)
  })

  it('counts seven messages a second and conversation, and fifty a tenant, when asked to', async () => {
    for (let count = 0; count < 9; count += 1)
      expect((await send(message(), channelOf(ONE))).status).toBe(201)
    teams.enforcePace(true)
    for (let count = 0; count < 7; count += 1)
      expect((await send(message(), channelOf(ONE))).status).toBe(201)
    expect(await send(message(), channelOf(ONE))).toMatchObject({
      status: 429,
      code: 'TooManyRequests',
      retryAfter: '1',
    })
    expect((await send(message(), channelOf(TWO))).status).toBe(201)
  })
})

describe('faults on demand', () => {
  it.each([
    [412, 'PreconditionFailed'],
    [429, 'TooManyRequests'],
    [500, 'ServiceError'],
    [503, 'ServiceError'],
  ])('answer %d once, before acting', async (status, code) => {
    teams.failNext({ status })
    expect(await send(message(), channelOf(ONE))).toMatchObject({ status, code, retryAfter: null })
    expect(teams.journal.messages).toEqual([])
    expect((await send(message(), channelOf(ONE))).status).toBe(201)
  })

  it('name a time, act before failing, and cut the connection', async () => {
    teams.failNext({ status: 429, retryAfter: 7 })
    expect((await send(message(), channelOf(ONE))).retryAfter).toBe('7')
    teams.failNext({ status: 502, isAfterActing: true })
    expect((await send(message(), channelOf(ONE))).status).toBe(502)
    expect(teams.journal.messages).toHaveLength(1)
    teams.failNext({ cut: 'reset' })
    await expect(send(message(), channelOf(ONE))).rejects.toThrow()
    expect(teams.journal.messages).toHaveLength(1)
  })
})

describe('what Teams sends', () => {
  it('carries a token that its own documents verify', async () => {
    await teams.install('p1')
    const [first] = bot.received
    const document = (await (await fetch(teams.authority.openIdMetadataUrl)).json()) as {
      issuer: string
      jwks_uri: string
    }
    const token = first?.headers.authorization?.replace('Bearer ', '') ?? ''
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(document.jwks_uri)), {
      issuer: document.issuer,
      audience: APP,
    })
    expect(payload.serviceurl).toBe(teams.authority.serviceUrl)
    expect(bot.received.map(({ body }) => body.type)).toEqual([
      'conversationUpdate',
      'installationUpdate',
    ])
    expect(bot.received[1]?.body).toMatchObject({ action: 'add', channelId: 'msteams' })
  })

  it.each([
    ['personal', { conversationType: 'personal' }, 'next', undefined],
    ['mention', { conversationType: 'channel' }, '<at>Groupwell</at> next', undefined],
    ['targeted', { conversationType: 'channel' }, 'next', true],
  ] as const)('is a line typed in a %s message', async (place, conversation, text, isTargeted) => {
    await teams.typeIn(place, 'p1', 'next')
    const body = bot.received[0]?.body as {
      conversation: Json
      recipient: Json
      entities?: unknown[]
    }
    expect(body).toMatchObject({
      type: 'message',
      text,
      conversation: { ...conversation, tenantId: ONE.tenantId },
    })
    expect(body.recipient.isTargeted).toBe(isTargeted)
    expect(body.entities !== undefined).toBe(place === 'mention')
  })

  it('is an invoke for a dialog and for Action.Execute, and a message for Action.Submit', async () => {
    await teams.pressAction(
      'p1',
      { type: 'Action.Submit', data: { verb: 'v', msteams: { type: 'task/fetch' } } },
      null,
    )
    await teams.pressAction('p1', { type: 'Action.Execute', verb: 'v', data: { verb: 'v' } }, null)
    // In a chat's card; one of a dialog is the dialog's.
    await teams.pressAction('p1', { type: 'Action.Submit', data: { verb: 'v' } }, 'a message')
    expect(bot.received.map(({ body }) => [body.type, body.name])).toEqual([
      ['invoke', 'task/fetch'],
      ['invoke', 'adaptiveCard/action'],
      ['message', undefined],
    ])
  })

  it('tells of joining a team and of an uninstall', async () => {
    await teams.join('p1')
    await teams.uninstall('p1')
    expect(bot.received.map(({ body }) => [body.type, body.action])).toEqual([
      ['conversationUpdate', undefined],
      ['conversationUpdate', undefined],
      ['installationUpdate', 'remove'],
    ])
  })

  it('comes from the tenant of the one who acts', async () => {
    await teams.typeIn('personal', 'far', 'help')
    expect(bot.received[0]?.body).toMatchObject({
      channelData: { tenant: { id: TWO.tenantId } },
      locale: 'es-ES',
    })
  })

  it('is delivered twice on demand, and again when the bot takes too long', async () => {
    teams.repeatNext()
    await teams.typeIn('personal', 'p1', 'help')
    expect(bot.received.map(({ body }) => body.id)).toEqual([
      bot.received[0]?.body.id,
      bot.received[0]?.body.id,
    ])
    bot.received.length = 0
    bot.delayMs = 200
    await teams.send(teams.activity('p1', { type: 'message', text: 'help' }), undefined, 20)
    expect(bot.received).toHaveLength(2)
    expect(bot.received[1]?.body.id).toBe(bot.received[0]?.body.id)
  })
})
