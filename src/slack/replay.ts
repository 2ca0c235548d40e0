import { LRUCache } from 'lru-cache'

/**
 * Slack's signatures are good for five minutes either way; a little longer than both, one that was
 * taken is not taken again.
 */
const REMEMBER_MS = 11 * 60_000
/** Far more requests than one workspace makes in that time. */
const MOST = 20_000

export type ReplayGuard = { isReplay(signature: string): boolean; claimed(signature: string): void }

/**
 * Knows signed requests that were answered already: somebody who captured one must not replace
 * newer answers with older. In this process's memory alone: nothing about a check-in may be written
 * down. `now` is the wall clock.
 */
export function createReplayGuard(now: () => Date): ReplayGuard {
  const perf = { now: () => now().getTime() }
  const answered = new LRUCache<string, true>({
    max: MOST,
    ttl: REMEMBER_MS,
    ttlResolution: 0,
    perf,
  })
  return {
    isReplay: (signature) => answered.has(signature),
    claimed(signature) {
      answered.set(signature, true)
    },
  }
}
