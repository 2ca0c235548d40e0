import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * `cut` leaves the caller without an answer: the connection is reset, or nothing ever comes. `page`
 * is a web page in place of the body.
 */
export type Answer = {
  status: number
  body: unknown
  headers?: Record<string, string>
  page?: string
  cut?: 'reset' | 'hang'
}
export type Received = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  raw: string
}

export type Server = { url: string; close(): Promise<void> }

/**
 * As long as proxies keep a connection: a server that closes after Node's own five seconds does so
 * now and then just when the next call is on its way, and that call's answer is lost.
 */
const KEEP_ALIVE_MS = 65_000

/** A small server on loopback; `handle` writes the response. Refuses to start in production. */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port = 0,
): Promise<Server> {
  if (process.env.NODE_ENV === 'production')
    throw new Error('the simulator does not run in production')
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(String(error))
    })
  })
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(port, '127.0.0.1', () => listening.resolve())
  await listening.promise
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      server.closeAllConnections()
      await closed.promise
    },
  }
}

/** A small server on loopback for one simulated platform; `handle` answers in JSON. */
export async function serve(handle: (request: Received) => Promise<Answer>): Promise<Server> {
  return await listen(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const raw = (await buffer(request)).toString('utf8')
    const { method = 'GET', headers } = request
    const answer = await handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      raw,
    })
    if (answer.cut === 'reset') request.socket.resetAndDestroy()
    if (answer.cut) return
    const type = answer.page === undefined ? 'application/json' : 'text/html'
    response
      .writeHead(answer.status, { 'content-type': type, ...answer.headers })
      .end(answer.page ?? JSON.stringify(answer.body))
  })
}

export function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
