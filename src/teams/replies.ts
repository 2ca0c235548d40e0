import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { type Count, PlatformError } from '../platform.ts'
import { workspaceRates } from './rates.ts'
import type { Transport } from './transport.ts'

/** Somebody waits for an answer: one that Teams has no room for is tried again so often. */
const MOST_TRIES = 4
/** Nobody looks for an answer that comes later. */
const LONGEST_WAIT_MS = 15_000

export type Replies = {
  /** Sends an answer after its request was acknowledged; Teams' own refusals are logged. */
  send(answer: (transport: Transport) => Promise<void>): void
  /** Resolves when all of them are finished. */
  settled(): Promise<void>
}

/**
 * Answers share what Teams takes of a tenant with its messages, and go first: they wait for nobody,
 * messages leave room for them. One that comes back for want of room is sent again when Teams says.
 */
export function createReplies(
  transport: Transport,
  tenantId: string,
  { log, count }: { log: Log; count: Count | null },
): Replies {
  const running = new Set<Promise<void>>()
  const rates = workspaceRates(tenantId)
  const counted: Transport = {
    ...transport,
    async post(...call) {
      count?.begin(rates)
      try {
        return await transport.post(...call)
      } finally {
        count?.done(rates)
      }
    },
  }
  async function keepTrying(answer: (transport: Transport) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await answer(counted)
      } catch (error) {
        const attempt = error instanceof PlatformError ? error.attempt : null
        if (attempt?.outcome !== 'paced' || tries === MOST_TRIES) throw error
        if (attempt.retryAfterMs > LONGEST_WAIT_MS) throw error
        await wait(attempt.retryAfterMs)
      }
    }
  }
  return {
    send(answer) {
      const tracked = keepTrying(answer)
        .catch((error: unknown) =>
          log.warn('teams.reply', {
            reason: error instanceof PlatformError ? error.code : 'unexpected',
          }),
        )
        .finally(() => running.delete(tracked))
      running.add(tracked)
    },
    async settled() {
      await Promise.allSettled([...running])
    },
  }
}
