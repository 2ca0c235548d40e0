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
const TIMES = { headersTimeout: 5_000, requestTimeout: 15_000, connectionsCheckingInterval: 2_000 }
/**
 * Longer than proxies and clients keep an idle connection, so that no request meets one that is
 * just closed from here.
 */
const KEEP_ALIVE_MS = 65_000
/** Far more than the platforms hold open; beyond, new ones are closed at once. */
const MOST_CONNECTIONS = 2_000
/**
 * Bodies that are being read, all together. Beyond, the one that has waited longest is told to come
 * again: a platform's own body has come within milliseconds.
 */
const MOST_BUFFERED_BYTES = 32_000_000
/** Requests that were cut off are told of together, once in so long. */
const CUT_REPORT_MS = 60_000

/** The sender went away, or took too long: nothing of ours. */
class RequestCutError extends Error {
  override readonly name = 'RequestCutError'
}

/**
 * One server for everything: exact paths to handlers. A handler's error is logged and answered with
 * 500.
 */
export function createHttpServer(routes: ReadonlyMap<string, HttpHandler>, log: Log): HttpServer {
  const cuts = createCutReport(log)
  const server = createServer(
    { ...TIMES, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      answer(routes, request, response).catch((error: unknown) => {
        if (error instanceof RequestCutError) {
          cuts.add()
          return response.destroy()
        }
        log.error('http.failed', error)
        if (!response.headersSent) sendJson(response, 500, null)
        else response.destroy()
      })
    },
  )
  server.maxConnections = MOST_CONNECTIONS
  // A flood must not become a flood of lines; the connection is gone with its answer.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    cuts.add()
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
    socket.end(`HTTP/1.1 ${STATUS_OF[error.code ?? ''] ?? '400 Bad Request'}\r\n\r\n`)
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
      cuts.tell()
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      await promise
      clearTimeout(cut)
    },
  }
}

/** The two refusals that Node itself names otherwise. */
const STATUS_OF: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Counts requests that were cut off; one line tells of all that came within a minute. */
function createCutReport(log: Log) {
  let count = 0
  let timer: NodeJS.Timeout | null = null
  const tell = () => {
    if (timer) clearTimeout(timer)
    if (count > 0) log.warn('http.cut', { count })
    count = 0
    timer = null
  }
  return {
    add() {
      count += 1
      timer ??= setTimeout(tell, CUT_REPORT_MS).unref()
    },
    tell,
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

/** Bodies that have begun and not ended, the oldest first. */
const waiting = new Set<{ bytes: number; giveUp(): void }>()

function makeRoom(): void {
  let total = 0
  for (const { bytes } of waiting) total += bytes
  for (const oldest of waiting) {
    if (total <= MOST_BUFFERED_BYTES) return
    total -= oldest.bytes
    oldest.giveUp()
  }
}

/**
 * The whole body; or 413 when it is longer than the limit, 503 when too much is being read at once.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | { status: 413 | 503 }> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | { status: 413 | 503 }>()
  if (Number(request.headers['content-length']) > limitBytes) return { status: 413 }
  const chunks: Buffer[] = []
  const give = (status: 413 | 503) => {
    waiting.delete(own)
    request.pause()
    chunks.length = 0
    resolve({ status })
  }
  const own = { bytes: 0, giveUp: () => give(503) }
  waiting.add(own)
  // Events, not an iterator: this is on the way of every request, and costs a third.
  request.on('data', (chunk: Buffer) => {
    if (!waiting.has(own)) return
    own.bytes += chunk.length
    if (own.bytes > limitBytes) return give(413)
    chunks.push(chunk)
    makeRoom()
  })
  request.once('end', () =>
    resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
  )
  request.once('error', () => reject(new RequestCutError('the request was cut off')))
  request.once('close', () => {
    if (!request.complete) reject(new RequestCutError('the request was cut off'))
  })
  try {
    return await promise
  } finally {
    waiting.delete(own)
  }
}

/**
 * The JSON body, or the 4xx status that says why there is none: 413 too long, 415 not JSON, 400 not
 * readable.
 */
export async function readJson(
  request: IncomingMessage,
  limitBytes: number,
): Promise<{ value: unknown } | { status: 400 | 405 | 413 | 415 | 503 }> {
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

/** GET, or HEAD, which asks for the same without its body: Node leaves that out by itself. */
export const isRead = ({ method }: IncomingMessage): boolean =>
  method === 'GET' || method === 'HEAD'

/** Answers a request whose body is not read, or not to its end: the connection ends with it. */
export function refuseUnread(response: ServerResponse, status: number): void {
  response.setHeader('connection', 'close')
  sendJson(response, status, null)
}

/** The head is not written before the end: with the length that is known by then, both are one. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status
  if (body === null) return void response.end()
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(body))
}
