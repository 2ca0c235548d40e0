import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type Answer = { status: number; body: unknown; headers?: Record<string, string> }
export type Received = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  raw: string
}

/** A small server on loopback for one simulated platform; `handle` answers in JSON. */
export async function serve(
  handle: (request: Received) => Promise<Answer>,
): Promise<{ url: string; close(): Promise<void> }> {
  if (process.env.NODE_ENV === 'production') throw new Error('the simulator does not run in production')
  const server = createServer((request, response) => void respond(request, response, handle))
  const listening = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', () => listening.resolve())
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

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: Received) => Promise<Answer>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const raw = (await buffer(request)).toString('utf8')
  const answer = await handle({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    raw,
  })
  response
    .writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    .end(JSON.stringify(answer.body))
}

export function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
