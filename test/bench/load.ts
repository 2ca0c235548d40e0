import { Client } from 'undici'

/** How one round went. Times are from sending the request to having the whole answer. */
export type Round = { requestsPerSecond: number; p50Us: number; p99Us: number }

export type Request = { path: string; headers: Record<string, string>; body: string }

export type Load = {
  connections: number
  count: number
  make(index: number): Request
  done?(index: number): Promise<void> | void
}

/**
 * Sends `count` requests over `connections`, each with one request under way at a time. `done` may
 * wait for more than the answer. Throws when an answer is not 200: a fast refusal is no
 * measurement.
 */
export async function sendAll(
  origin: string,
  { connections, count, make, done = () => {} }: Load,
): Promise<Round> {
  const clients = Array.from({ length: connections }, () => new Client(origin, { pipelining: 1 }))
  const micros: number[] = []
  let next = 0
  const work = async (client: Client): Promise<void> => {
    while (next < count) {
      const index = next++
      const request = make(index)
      const startedAt = performance.now()
      const finished = done(index)
      const answer = await client.request({ ...request, method: 'POST' })
      const text = await answer.body.text()
      await finished
      micros.push((performance.now() - startedAt) * 1000)
      if (answer.statusCode !== 200)
        throw new Error(`${request.path} answered ${answer.statusCode}: ${text.slice(0, 200)}`)
    }
  }
  const startedAt = performance.now()
  await Promise.all(clients.map(work))
  const seconds = (performance.now() - startedAt) / 1000
  await Promise.all(clients.map((client) => client.close()))
  micros.sort((a, b) => a - b)
  const at = (share: number) =>
    Math.round(micros[Math.min(micros.length - 1, Math.floor(micros.length * share))] ?? 0)
  return { requestsPerSecond: Math.round(count / seconds), p50Us: at(0.5), p99Us: at(0.99) }
}

/** The round in the middle by requests a second: one disturbed round does not decide. */
export function median(rounds: readonly Round[]): Round {
  const sorted = [...rounds].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle) throw new Error('no round')
  return middle
}
