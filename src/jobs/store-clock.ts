import type { Clock, Services } from '../commands/services.ts'
import { readStoreTime } from '../store/probe.ts'

/**
 * A host whose clock is off would open, close and remind early or late for everybody, while each
 * lease goes by the store's clock. So the product clock follows the store's.
 */
export type StoreClock = Clock & {
  /** How far this host's clock is ahead of the store's, in ms, when it was last compared. */
  aheadMs(): number
  /** Compares the two clocks. Throws when the store does not answer. */
  compare(services: Pick<Services, 'database' | 'log'>): Promise<void>
}

/** Below this it may as well be the way to the store; nothing that is due goes by less. */
const NOTICEABLE_MS = 2_000
/** A comparison that took longer says nothing. */
const LONGEST_LOOK_MS = 1_000

/** `wallMs` is the host's clock, in ms since 1970. */
export function createStoreClock(wallMs: () => number): StoreClock {
  let ahead = 0
  return {
    now: () => new Date(wallMs() - ahead),
    wall: () => new Date(wallMs()),
    aheadMs: () => ahead,
    async compare({ database, log }) {
      const before = wallMs()
      const store = await readStoreTime(database.db)
      const after = wallMs()
      if (after - before > LONGEST_LOOK_MS || after < before) return
      const found = (before + after) / 2 - store
      const isOff = Math.abs(found) > NOTICEABLE_MS
      if (isOff && Math.abs(found - ahead) > NOTICEABLE_MS)
        log.warn('clock.off', { seconds: Math.round(found / 1_000) })
      ahead = isOff ? found : 0
    },
  }
}
