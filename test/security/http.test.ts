import net from 'node:net'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { sign } from '../../src/simulator/slack/wire.ts'
import { dump, setUpGroup, startWorld, type World } from '../helpers.ts'

/** The door under load: what a stranger can make the service wait for, keep or write. */
let world: World
const log: string[] = []
beforeAll(async () => {
  world = await startWorld({ onLogLine: (line) => log.push(line) })
  await setUpGroup(world)
})

const SECRET = 'demo signing secret, not a secret'
const seconds = () => String(Math.floor(Date.now() / 1000))
const FORM = 'application/x-www-form-urlencoded'
const WRONG = `v0=${'0'.repeat(64)}`

/** A connection that sends a head, and so much of a body. */
async function half(head: Record<string, string>, path = '/slack/events'): Promise<net.Socket> {
  const socket = net.connect(world.app.port, '127.0.0.1')
  socket.on('error', () => {})
  const lines = Object.entries({ host: 'local', ...head }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  return socket
}
/** The status line that comes, or null when the connection ends without one in time. */
const statusOf = (socket: net.Socket, ms: number) =>
  new Promise<number | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), ms)
    const done = (status: number | null) => {
      clearTimeout(timer)
      resolve(status)
    }
    socket.once('data', (data) => done(Number(/HTTP\/1\.1 (\d+)/.exec(String(data))?.[1] ?? 0)))
    socket.once('close', () => done(null))
  })

const plausible = (timestamp = seconds(), signature = WRONG) => ({
  'content-type': FORM,
  'content-length': '400000',
  'x-slack-request-timestamp': timestamp,
  'x-slack-signature': signature,
})

describe('a request to Slack’s address', () => {
  it.each([
    ['without a signature', { ...plausible(), 'x-slack-signature': '' }],
    ['whose signature has another form', plausible(seconds(), 'v0=abc')],
    ['six minutes old', plausible(String(Number(seconds()) - 360))],
    ['without a time', plausible('')],
    ['from tomorrow', plausible(String(Number(seconds()) + 86_400))],
  ])('%s is refused before its body has come', async (_name, head) => {
    const socket = await half(head)
    expect(await statusOf(socket, 2_000)).toBe(401)
    socket.destroy()
  })

  it('of another method is refused before its body has come', async () => {
    const socket = net.connect(world.app.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('PUT /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n')
    expect(await statusOf(socket, 2_000)).toBe(405)
    socket.destroy()
  })

  it('that says it is too long is refused before its body has come', async () => {
    const socket = await half({ ...plausible(), 'content-length': '900000' })
    expect(await statusOf(socket, 2_000)).toBe(413)
    socket.destroy()
  })

  it('with a wrong signature is not parsed, however large; with a right one it is (control)', async () => {
    const payload = JSON.stringify({ type: 'x', filler: 'x'.repeat(100_000) })
    const body = `payload=${encodeURIComponent(payload)}`
    const parse = vi.spyOn(JSON, 'parse')
    const parsedTimes = async (signature: string, timestamp: string) => {
      parse.mockClear()
      const headers = { ...plausible(timestamp, signature), 'content-length': String(body.length) }
      const url = `http://127.0.0.1:${world.app.port}/slack/events`
      const { status } = await fetch(url, { method: 'POST', headers, body })
      return { status, times: parse.mock.calls.filter(([text]) => text === payload).length }
    }
    try {
      const now = seconds()
      expect(await parsedTimes(WRONG, now)).toEqual({ status: 401, times: 0 })
      expect((await parsedTimes(sign(SECRET, now, body), now)).times).toBeGreaterThan(0)
    } finally {
      parse.mockRestore()
    }
  })
})

describe('bodies that never end', () => {
  it('take a bounded room, and each that does not fit is told to come again', async () => {
    const gc = () => process.memoryUsage().arrayBuffers / 1e6
    const before = gc()
    const sockets = await Promise.all(Array.from({ length: 300 }, () => half(plausible())))
    const statuses = sockets.map((socket) => statusOf(socket, 4_000))
    for (const socket of sockets) socket.write('x'.repeat(380_000))
    const found = await Promise.all(statuses)
    const refused = found.filter((status) => status === 503).length
    const grown = gc() - before
    console.info(
      `http: 300 unfinished bodies of 380 KB: ${refused} told 503, ${grown.toFixed(0)} MB more`,
    )
    expect(refused).toBeGreaterThan(150)
    expect(grown).toBeLessThan(80)
    const answered = await world.slack.send({
      command: '/group',
      text: 'help',
      team_id: 'T0DEMO',
      user_id: 'UADMIN',
      channel_id: 'C1',
      trigger_id: 'x1',
      response_url: 'http://127.0.0.1:9/',
      api_app_id: 'A1',
    })
    // Those that have come whole are served meanwhile: the oldest unfinished ones make room.
    expect(answered.status).toBe(200)
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(log.filter((line) => line.includes('http.failed'))).toEqual([])
    expect(log.filter((line) => line.includes('http.cut')).length).toBeLessThanOrEqual(1)
    expect((await world.slack.type('UADMIN', 'help')).problem).toBeUndefined()
  })
})

describe('connections that say nothing', () => {
  it('are closed beyond a number and after seconds, and people are answered again', async () => {
    const sockets: net.Socket[] = []
    for (let batch = 0; batch < 8; batch += 1) {
      for (let index = 0; index < 300; index += 1)
        sockets.push(
          net
            .connect(world.app.port, '127.0.0.1')
            .on('error', () => {})
            .resume(),
        )
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
    const closed = sockets.filter(
      (socket) => socket.closed || socket.readyState === 'closed',
    ).length
    expect(closed).toBeGreaterThanOrEqual(150)
    const until = Date.now() + 15_000
    let isAnswered = false
    while (!isAnswered && Date.now() < until) {
      isAnswered = await fetch(`http://127.0.0.1:${world.app.port}/healthz`).then(
        (response) => response.ok,
        () => false,
      )
      if (!isAnswered) await new Promise((resolve) => setTimeout(resolve, 250))
    }
    expect(isAnswered).toBe(true)
    for (const socket of sockets) socket.destroy()
    // The server hears of that a moment later; the next tests want it empty.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  })
})

describe('HTTP that is none', () => {
  const raw = (text: string): Promise<number | null> => {
    const socket = net.connect(world.app.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(text)
    return statusOf(socket, 4_000).finally(() => socket.destroy())
  }
  const body = 'command=%2Fgroup'
  it.each<[string, string, number]>([
    [
      'both lengths',
      `POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'two different lengths',
      `POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n${body}`,
      400,
    ],
    ['a bare line feed', 'GET /healthz HTTP/1.1\nHost: x\n\n', 400],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['a space in a name', 'GET /healthz HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n', 400],
    ['a folded header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nA: 1\r\n 2\r\n\r\n', 400],
    [
      'a length that is no number',
      `POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n`,
      400,
    ],
    ['a method that is none', 'BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    [
      'headers that do not end',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(40_000)}`,
      431,
    ],
  ])('(%s) is refused', async (_name, text, status) => {
    expect(await raw(text)).toBe(status)
  })
  it.each([
    '//',
    '/../healthz',
    '/%2e%2e/healthz',
    '/healthz/',
    '/Healthz',
    '/healthz%00',
    '/slack/events/',
    '/api/messages;x',
    '/api//messages',
    '/\\healthz',
    '*',
  ])('no other path leads anywhere: %s', async (path) => {
    expect([400, 404]).toContain(await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`))
  })
})

describe('a body that is signed and none that Slack sends', () => {
  const signedPost = async (body: string, type = FORM) => {
    const timestamp = seconds()
    const started = performance.now()
    const response = await fetch(`http://127.0.0.1:${world.app.port}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': type,
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign(SECRET, timestamp, body),
      },
      body,
    })
    return { status: response.status, text: await response.text(), ms: performance.now() - started }
  }
  const payload = (value: unknown) => `payload=${encodeURIComponent(JSON.stringify(value))}`
  const from = { user: { id: 'UADMIN' }, team: { id: 'T0DEMO' } }
  it.each<[string, string, string?]>([
    ['nothing', ''],
    ['noise', '\u0000\u0001=%zz&%'],
    ['a payload that is no JSON', 'payload=%7B'],
    ['a payload of another kind', payload({ type: 'shortcut', ...from, trigger_id: 'x' })],
    ['options of a menu', payload({ type: 'block_suggestion', ...from, value: 'x' })],
    ['a button without anybody', payload({ type: 'block_actions', actions: [{ type: 'button' }] })],
    [
      'a button that is two kinds',
      payload({
        type: 'block_actions',
        ...from,
        trigger_id: 'x',
        event: {},
        actions: [{ type: 'button', action_id: 'a' }],
      }),
    ],
    ['a form without a view', payload({ type: 'view_submission', ...from })],
    [
      'a form whose state is a list',
      payload({
        type: 'view_submission',
        ...from,
        view: { id: 'V', callback_id: 'x', private_metadata: '', state: { values: [] } },
      }),
    ],
    ['a command without a sender', 'command=%2Fgroup&text=help'],
    ['two payloads', `${payload({})}&${payload({})}`],
    ['an event without an event', '{"type":"event_callback"}', 'application/json'],
    [
      'an event of nobody’s',
      '{"type":"event_callback","team_id":"T","event_id":"E","event":{"type":1}}',
      'application/json',
    ],
    ['another media type', 'x', 'text/plain'],
    ['deep JSON', `${'['.repeat(50_000)}`, 'application/json'],
  ])('(%s) is refused in words, at once, and changes nothing', async (_name, body, type) => {
    const before = await dump(world.db)
    const { status, text, ms } = await signedPost(body, type)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(text).toContain('This request cannot be read.')
    // Bolt would have waited 2.8 seconds for somebody to take it.
    expect(ms).toBeLessThan(2_500)
    expect(await dump(world.db)).toEqual(before)
  })
})
