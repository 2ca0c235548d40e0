import { createServer, request as send } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { type Running, serves } from './running.ts'

/** A request as it went to a process, and the answer. */
export type Passed = {
  path: string
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  port: number
  status: number
}

export type Balancer = {
  url: string
  /** Everything that went through, in order. */
  passed: Passed[]
  close(): Promise<void>
}

const LOOK_EVERY_MS = 250
const GATEWAY_WAITS_MS = 15_000

/** Stands before the processes as a load balancer does: in turn, to those that say they are ready. */
export async function startBalancer(running: () => readonly Running[]): Promise<Balancer> {
  const ready = new Set<number>()
  const passed: Passed[] = []
  let turn = 0
  const look = async () => {
    for (const { port } of running()) {
      const isReady = await fetch(`http://127.0.0.1:${port}/readyz`, {
        signal: AbortSignal.timeout(2_000),
      }).then(
        (answer) => answer.status === 200,
        () => false,
      )
      if (isReady) ready.add(port)
      else ready.delete(port)
    }
  }
  let isOpen = true
  const looking = (async () => {
    while (isOpen) {
      await look()
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  })()
  const server = createServer((incoming, outgoing) => {
    const answer = async () => {
      const body = await buffer(incoming)
      const path = incoming.url ?? '/'
      const targets = running().filter((one) => serves(one, path) && ready.has(one.port))
      const target = targets[turn++ % Math.max(1, targets.length)]
      if (!target) return void outgoing.writeHead(503).end()
      const { port } = target
      const { headers } = incoming
      const result = await forward(port, path, headers, body)
      passed.push({ path, headers, body, port, status: result.status })
      outgoing.writeHead(result.status, result.headers).end(result.body)
    }
    answer().catch(() => outgoing.writeHead(502).end())
  })
  const listening = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', () => listening.resolve())
  await listening.promise
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    passed,
    async close() {
      isOpen = false
      await looking
      server.closeAllConnections()
      server.close()
    },
  }
}

type Answer = { status: number; headers: Record<string, string>; body: Buffer }

/** Sends a request to one process; 502 where it does not answer. */
export async function forward(
  port: number,
  path: string,
  headers: Passed['headers'],
  body: Buffer,
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const none = () => resolve({ status: 502, headers: {}, body: Buffer.alloc(0) })
  const request = send(
    { host: '127.0.0.1', port, path, method: 'POST', headers, timeout: GATEWAY_WAITS_MS },
    (response) => {
      const type = response.headers['content-type']
      buffer(response).then(
        (text) =>
          resolve({
            status: response.statusCode ?? 502,
            headers: type ? { 'content-type': type } : {},
            body: text,
          }),
        none,
      )
    },
  )
  request.on('error', none)
  request.on('timeout', () => request.destroy())
  request.end(body)
  return await promise
}
