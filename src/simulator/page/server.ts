import type { IncomingMessage, ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { listen, parseJson, type Server } from '../server.ts'
import { perform } from './act.ts'
import { bundlePage } from './bundle.ts'
import type { PageAct } from './protocol.ts'
import type { Stage } from './stage.ts'
import { pageState } from './state.ts'

/** Changes that come together are told together. */
const TELL_AFTER_MS = 60
const BODY_LIMIT_BYTES = 1_000_000
/** Nothing but this page's own files and answers is ever loaded. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * The page in the browser: its files, what it shows, what people do on it, and a stream that says
 * when to look again.
 */
export async function startPage(
  stage: Stage,
  port: number,
  onChange: () => void = () => {},
): Promise<Server> {
  const readers = new Set<ServerResponse>()
  let telling: NodeJS.Timeout | null = null
  const tell = () => {
    onChange()
    telling ??= setTimeout(() => {
      telling = null
      for (const reader of readers) reader.write('data: changed\n\n')
    }, TELL_AFTER_MS)
  }
  stage.slack.journal.onChange = tell
  stage.teams.journal.onChange = tell

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOurs(request)) return send(response, 403, 'text/plain', 'only from this machine')
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'GET' && url.pathname === '/events') return follow(response)
    if (request.method === 'GET') return await serveGet(stage, url, response)
    if (request.method === 'POST' && url.pathname === '/act')
      return await serveAct(request, response)
    send(response, 404, 'text/plain', 'not found')
  }
  function follow(response: ServerResponse): void {
    response
      .writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      .write(': open\n\n')
    readers.add(response)
    response.once('close', () => readers.delete(response))
  }
  async function serveAct(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!(Number(request.headers['content-length']) <= BODY_LIMIT_BYTES))
      return send(response, 413, 'text/plain', 'too long')
    const act = parseJson(await readText(request))
    if (!act) return send(response, 400, 'text/plain', 'not readable')
    const answer = await perform(stage, act as PageAct).catch((error: unknown) => ({
      problem: error instanceof Error ? error.message : String(error),
      errors: {},
    }))
    tell()
    sendJson(response, answer)
  }
  const server = await listenNear(handle, port)
  return {
    url: server.url,
    async close() {
      if (telling) clearTimeout(telling)
      await server.close()
    },
  }
}

const TRY_NEXT_PORTS = 20

/** Listens on a port, or when somebody else has it on one of the next. */
async function listenNear(handle: Parameters<typeof listen>[0], port: number): Promise<Server> {
  for (let offset = 0; ; offset += 1) {
    try {
      return await listen(handle, port === 0 ? 0 : port + offset)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || offset === TRY_NEXT_PORTS)
        throw error
    }
  }
}

async function serveGet(stage: Stage, url: URL, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = url
  if (pathname === '/state') {
    const state = await pageState(
      stage,
      searchParams.get('person') ??
        stage.people.find(({ role }) => role === 'facilitator')?.id ??
        '',
    )
    return state
      ? sendJson(response, state)
      : send(response, 404, 'text/plain', 'nobody of that name')
  }
  if (pathname === '/database')
    return sendJson(
      response,
      await stage.database(searchParams.get('platform') === 'teams' ? 'teams' : 'slack'),
    )
  if (pathname === '/icon.png') return send(response, 200, 'image/png', stage.icon)
  if (pathname === '/favicon.ico') return send(response, 204, 'image/png', '')
  const { html, script, style } = await bundlePage()
  if (pathname === '/') return send(response, 200, 'text/html; charset=utf-8', html)
  if (pathname === '/page.js') return send(response, 200, 'text/javascript; charset=utf-8', script)
  if (pathname === '/page.css') return send(response, 200, 'text/css; charset=utf-8', style)
  send(response, 404, 'text/plain', 'not found')
}

/**
 * Asked by its own name on this machine, and by no other site's page: a name that resolves to
 * loopback is refused.
 */
function isOurs({ headers, method }: IncomingMessage): boolean {
  const host = headers.host ?? ''
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return false
  return method === 'GET' || headers.origin === `http://${host}`
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
): void {
  response
    .writeHead(status, {
      'content-type': type,
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    .end(body)
}

const sendJson = (response: ServerResponse, value: unknown): void =>
  send(response, 200, 'application/json', JSON.stringify(value))
