import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SetupError } from './errors.ts'
import type { Log } from './log.ts'
import type { HttpHandler } from './platform.ts'

export type HttpServer = {
  /** The port that it listens on. */
  listen(host: string, port: number, options: { tryNextPorts: number }): Promise<number>
  /** Stops accepting, lets running requests end, and cuts those that take longer than `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** A request that has not ended by then is cut, so that slow senders do not hold places. */
const REQUEST_TIMEOUT_MS = 15_000

/**
 * One server for everything: exact paths to handlers. A handler's error is logged and answered with
 * 500.
 */
export function createHttpServer(routes: ReadonlyMap<string, HttpHandler>, log: Log): HttpServer {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(routes, request, response).catch((error: unknown) => {
      log.error('http.failed', error)
      if (!response.headersSent) sendJson(response, 500, null)
      else response.destroy()
    })
  })
  return {
    async listen(host, port, { tryNextPorts }) {
      for (let offset = 0; ; offset += 1) {
        try {
          return await listenOn(server, host, port === 0 ? 0 : port + offset)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
          if (offset >= tryNextPorts)
            throw new SetupError(
              `PORT ${port} is in use. Stop what uses it, or set another PORT.`,
              { cause: error },
            )
        }
      }
    },
    async close(graceMs) {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      await promise
      clearTimeout(cut)
    },
  }
}

/** An error of a handler, also before its first await, reaches the caller as a rejection. */
async function answer(
  routes: ReadonlyMap<string, HttpHandler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Not `new URL`: it throws on targets such as "//", which anybody can send.
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const handler = routes.get(path)
  if (!handler) return sendJson(response, 404, null)
  await handler(request, response)
}

async function listenOn(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, () => {
    server.off('error', reject)
    resolve()
  })
  await promise
  return (server.address() as AddressInfo).port
}

/** The whole body, or 413 when it is longer than the limit. */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | { status: 413 }> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | { status: 413 }>()
  const chunks: Buffer[] = []
  let length = 0
  // Events, not an iterator: this is on the way of every request, and costs a third.
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= limitBytes) return void chunks.push(chunk)
    request.pause()
    resolve({ status: 413 })
  })
  request.once('end', () =>
    resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
  )
  request.once('error', reject)
  request.once('close', () => {
    if (!request.complete) reject(new Error('the request was cut off'))
  })
  return await promise
}

/**
 * The JSON body, or the 4xx status that says why there is none: 413 too long, 415 not JSON, 400 not
 * readable.
 */
export async function readJson(
  request: IncomingMessage,
  limitBytes: number,
): Promise<{ value: unknown } | { status: 400 | 405 | 413 | 415 }> {
  if (request.method !== 'POST') return { status: 405 }
  if (!request.headers['content-type']?.startsWith('application/json')) return { status: 415 }
  const body = await readBody(request, limitBytes)
  if ('status' in body) return body
  try {
    return { value: JSON.parse(body.toString('utf8')) }
  } catch {
    return { status: 400 }
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  // The rest of a body that was too long is not read: the connection ends with the answer.
  if (status === 413) response.setHeader('connection', 'close')
  if (body === null) {
    response.writeHead(status).end()
    return
  }
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body))
}
